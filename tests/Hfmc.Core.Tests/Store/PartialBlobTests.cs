using Hfmc.Core.Hashing;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Store;

public sealed class PartialBlobTests : IDisposable
{
    const int Size = 300_007;

    static readonly PatternContent Content = new(Size, seed: 3);

    readonly TempFolder _folder = new();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(DigestKind.Sha256)]
    [InlineData(DigestKind.GitSha1)]
    public async Task The_digest_is_right_whatever_the_order_of_the_writes(DigestKind kind) =>
        await Seeds.RunAsync(nameof(The_digest_is_right_whatever_the_order_of_the_writes), 10, async random =>
        {
            await using var partial = Open(new(kind is DigestKind.Sha256 ? Content.Sha256 : Content.GitSha1, Size));

            foreach (var range in Shuffled(random))
                Write(partial, range);

            Assert.Equal(Size, partial.Held);
            Assert.True(await partial.AgreesAsync(Cancelled));
            await partial.ResetAsync();
        });

    [Fact]
    public async Task Wrong_bytes_disagree_and_after_a_reset_the_right_ones_agree()
    {
        await using var partial = Open();
        var wrong = Content.ToArray();
        wrong[123_456] ^= 1;
        partial.Write(0, wrong);
        Assert.False(await partial.AgreesAsync(Cancelled));

        await partial.ResetAsync();

        Assert.Equal(0, partial.Held);
        Assert.Equal([ByteRange.Whole(Size)], partial.Gaps(ByteRange.Whole(Size)));
        foreach (var range in Shuffled(new(1)))
            Write(partial, range);
        Assert.True(await partial.AgreesAsync(Cancelled));
    }

    [Fact]
    public async Task A_reset_is_not_forgotten_by_a_crash()
    {
        await using (var partial = Open())
        {
            Write(partial, new(0, 100_000));
            await partial.ResetAsync();
            Write(partial, new(200_000, 200_001));
        }

        await using var again = Open();
        Assert.Equal(1, again.Held);
    }

    [Fact]
    public async Task Only_one_may_work_on_a_blob_at_a_time()
    {
        await using (var first = Open())
            Assert.Null(PartialBlob.TryOpen(_folder.Path, first.Blob));

        await using var next = Open();
        Assert.NotNull(next);
    }

    [Fact]
    public async Task What_is_written_twice_is_counted_and_kept_once()
    {
        await using var partial = Open();
        Write(partial, new(1000, 2000));

        Assert.Equal(500, partial.Write(1500, Content.ToArray(1500, 1000)));
        Assert.Equal(0, partial.Write(1200, new byte[500]));
        Assert.Equal(1500, partial.Held);
        Assert.Equal(Content.ToArray(1000, 1500), File.ReadAllBytes(partial.Paths.Bytes)[1000..]);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_digest_is_of_the_bytes_in_the_file_even_when_two_sources_send_different_ones_at_once()
    {
        const int piece = 4000;
        var (right, wrong) = (Content.ToArray(), new byte[Size]);
        for (var round = 0; round < 10; round++)
        {
            await using var partial = Open();
            using var together = new Barrier(2);
            void WriteAll(byte[] bytes)
            {
                for (var at = 0; at < Size; at += piece)
                {
                    together.SignalAndWait(Cancelled);
                    partial.Write(at, bytes.AsSpan(at, Math.Min(piece, Size - at)));
                }
            }

            await Task.WhenAll(Task.Run(() => WriteAll(right)), Task.Run(() => WriteAll(wrong)));
            var taken = File.ReadAllBytes(partial.Paths.Bytes);
            var agrees = await partial.AgreesAsync(Cancelled);

            // What a kill and a second look would find: each range with the checksum of the bytes that stayed.
            using var journal = RangeJournal.Open(partial.Paths.Journal, Size);
            Assert.All(journal.Recovered, entry => Assert.Equal(Crc32C.Compute(taken.AsSpan((int)entry.Range.Start, (int)entry.Range.Length)), entry.Checksum));
            Assert.Equal(ETag.FromDigest(System.Security.Cryptography.SHA256.HashData(taken)) == Content.Sha256, agrees);
            await partial.ResetAsync();
        }
    }

    [Fact]
    public async Task A_journal_without_its_bytes_claims_nothing_even_after_the_file_grew_again()
    {
        string bytes;
        await using (var partial = Open())
        {
            Write(partial, new(0, 200_000));
            bytes = partial.Paths.Bytes;
        }

        // As a kill between the rename of the bytes and the deletion of the journal leaves it.
        File.Delete(bytes);
        await using (var partial = Open())
        {
            Assert.Equal(0, partial.Held);
            Write(partial, new(250_000, 260_000));
        }

        await using var again = Open();
        Assert.Equal(10_000, again.Held);
    }

    [Fact]
    public async Task After_the_move_nothing_of_it_is_left_but_the_lock_file()
    {
        var target = _folder.File("named");
        await using (var partial = Open())
        {
            Write(partial, ByteRange.Whole(Size));
            Assert.True(await partial.AgreesAsync(Cancelled));
            partial.MoveTo(target);
        }

        Assert.Equal(Content.ToArray(), File.ReadAllBytes(target));
        Assert.Equal([$"{Content.Sha256}.lock", "named"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
    }

    PartialBlob Open(Blob? blob = null) => PartialBlob.TryOpen(_folder.Path, blob ?? new(Content.Sha256, Size)) ?? throw new InvalidOperationException("locked");

    static void Write(PartialBlob partial, ByteRange range) => partial.Write(range.Start, Content.ToArray(range.Start, (int)range.Length));

    // Pieces that cover all, some of them twice, in any order.
    static IEnumerable<ByteRange> Shuffled(Random random)
    {
        var pieces = new List<ByteRange>();
        for (long at = 0; at < Size; at = pieces[^1].End)
            pieces.Add(new(at, Math.Min(Size, at + random.Next(1, 40_000))));
        var overlaps = pieces.Where(_ => random.Next(3) is 0).Select(piece => piece with { End = Math.Min(Size, piece.End + 5000) }).ToList();
        var order = pieces.Concat(overlaps).ToArray();
        random.Shuffle(order);
        return order;
    }
}
