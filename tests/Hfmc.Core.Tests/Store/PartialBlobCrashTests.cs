using System.Buffers.Binary;
using Hfmc.Core.Hashing;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Store;

/// <summary>
/// Random writes, then the files as a kill, a power cut or a bad disk leaves them, then on with those files: whatever is claimed to
/// be there is there, and the end is right.
/// </summary>
public sealed class PartialBlobCrashTests
{
    const int Size = 120_011, RecordLength = 32, BootAt = 16, CrcAt = 28;

    static readonly PatternContent Content = new(Size, seed: 7);
    static readonly Blob Blob = new(Content.Sha256, Size);
    static readonly byte[] Right = Content.ToArray();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    enum Damage
    {
        None,
        JournalGone,
        JournalTorn,
        JournalFlipped,
        BytesGone,
        BytesShorter,
        PowerCut,
    }

    [Fact(Timeout = 120_000)]
    public async Task Nothing_that_a_crash_leaves_makes_a_partial_claim_bytes_that_are_not_there() =>
        await Seeds.RunAsync(nameof(Nothing_that_a_crash_leaves_makes_a_partial_claim_bytes_that_are_not_there), 60, async random =>
        {
            using var folder = new TempFolder();
            for (var life = 0; life < 6; life++)
                await LiveAsync(folder, life, random);

            await using var last = Open(folder.Folder("6"));
            AssertHonest(last);
            foreach (var gap in last.Gaps(ByteRange.Whole(Size)))
                last.Write(gap.Start, Right.AsSpan((int)gap.Start, (int)gap.Length));
            Assert.True(await last.AgreesAsync(Cancelled));
            Assert.Equal(Right, File.ReadAllBytes(last.Paths.Bytes));
        });

    static async Task LiveAsync(TempFolder folder, int life, Random random)
    {
        await using var partial = Open(folder.Folder($"{life}"));
        AssertHonest(partial);

        var crashAt = random.Next(12);
        for (var write = 0; write < 12; write++)
        {
            if (write == crashAt)
                LeaveBehind(partial.Paths, folder.Folder($"{life + 1}"), (Damage)random.Next(7), random);
            var start = random.Next(Size);
            partial.Write(start, Right.AsSpan(start, random.Next(1, Math.Min(30_000, Size - start) + 1)));
        }
    }

    static PartialBlob Open(string folder) => PartialBlob.TryOpen(folder, Blob) ?? throw new InvalidOperationException("locked");

    static void AssertHonest(PartialBlob partial)
    {
        var onDisk = File.ReadAllBytes(partial.Paths.Bytes);
        var missing = new bool[Size];
        foreach (var gap in partial.Gaps(ByteRange.Whole(Size)))
            missing.AsSpan((int)gap.Start, (int)gap.Length).Fill(true);
        for (var at = 0; at < Size; at++)
            if (!missing[at] && (at >= onDisk.Length || onDisk[at] != Right[at]))
                Assert.Fail($"byte {at} is claimed and is not there");
    }

    static void LeaveBehind(PartialPaths from, string folder, Damage damage, Random random)
    {
        var to = new PartialPaths(folder, Blob.ETag);
        File.Copy(from.Bytes, to.Bytes);
        File.Copy(from.Journal, to.Journal);
        var journal = File.ReadAllBytes(to.Journal);
        switch (damage)
        {
            case Damage.JournalGone:
                File.Delete(to.Journal);
                break;
            case Damage.JournalTorn:
                File.WriteAllBytes(to.Journal, journal[..random.Next(journal.Length)]);
                break;
            case Damage.JournalFlipped:
                journal[random.Next(journal.Length)] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(to.Journal, journal);
                break;
            case Damage.BytesGone:
                File.Delete(to.Bytes);
                break;
            case Damage.BytesShorter:
                var bytes = File.ReadAllBytes(to.Bytes);
                File.WriteAllBytes(to.Bytes, bytes[..random.Next(bytes.Length + 1)]);
                break;
            case Damage.PowerCut:
                WriteOfAnotherBoot(to.Journal, journal, random);
                LoseBytes(to.Bytes, random);
                break;
            default:
                break;
        }
    }

    static void WriteOfAnotherBoot(string path, byte[] journal, Random random)
    {
        for (var at = RecordLength; at < journal.Length; at += RecordLength)
        {
            var record = journal.AsSpan(at, RecordLength);
            random.NextBytes(record.Slice(BootAt, sizeof(ulong)));
            BinaryPrimitives.WriteUInt32LittleEndian(record[CrcAt..], Crc32C.Compute(record[..CrcAt]));
        }

        File.WriteAllBytes(path, journal);
    }

    static void LoseBytes(string path, Random random)
    {
        var bytes = File.ReadAllBytes(path);
        for (var hole = 0; hole < 2 && bytes.Length > 0; hole++)
        {
            var start = random.Next(bytes.Length);
            bytes.AsSpan(start, random.Next(bytes.Length - start + 1)).Clear();
        }

        File.WriteAllBytes(path, bytes);
    }
}
