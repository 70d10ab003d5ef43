using System.Buffers.Binary;
using System.Text;
using Hfmc.Core.Hashing;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Sources;
using Hfmc.Core.Tests.Transfers;
using Hfmc.Core.Transfers;
using Hfmc.Core.Xet;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Fuzz;

/// <summary>What a peer says of pieces and chunks is right, or refused as documented; nothing else happens.</summary>
public sealed class CrowdNewsFuzzTests
{
    [Fact(Timeout = 120_000)]
    public Task News_of_a_blob_are_right_or_refused() => Seeds.RunAsync("news", 2000, async random =>
    {
        var crowd = new BlobCrowd(PeerAnswers.Blob, 1, new(PeerClient.CreateTransport(), TimeProvider.System, null));
        var isRead = random.Next(2) is 0;
        var news = isRead ? crowd.News : null;
        try
        {
            var lines = Encoding.UTF8.GetBytes($"{PeerAnswers.News}\n{Mutation.Json(random, PeerAnswers.News)}\n{Mutation.Json(random, PeerAnswers.News)}\n");
            await using var reader = new PeerNewsReader(new MemoryStream(lines), new("127.0.0.1", 9), TimeProvider.System);
            while (await reader.ReadAsync(TestContext.Current.CancellationToken) is { } line)
                foreach (var said in line.Blobs ?? [])
                    if (said is not null && ETag.TryParse(said.Etag, out var etag) && etag == PeerAnswers.Blob.ETag)
                        crowd.Hear(7, new FakeSource("peer"), said);
        }
        catch (SourceException)
        {
            // As documented.
        }
        for (news ??= crowd.News; news.TryRead(out var heard);)
            Assert.All([.. heard.Held, .. heard.Lost, .. heard.Fetching, .. heard.Dropped], piece => Assert.InRange(piece, 0, 3));
    });

    [Fact]
    public void The_bits_of_a_set_are_read_as_they_were_written_or_not_at_all() => Seeds.Run("bits", 20_000, random =>
    {
        var count = random.Next(0, 300);
        var set = new PieceSet(count);
        for (var piece = 0; piece < count; piece++)
            if (random.Next(3) is 0)
                set.Add(piece);
        var text = set.ToText();
        Assert.Equal(set.Count, PieceSet.TryParse(text, count)!.Count);

        var other = random.Next(3) switch
        {
            0 => Encoding.Latin1.GetString(Mutation.Of(random, Encoding.Latin1.GetBytes(text))),
            1 => text + new string('=', random.Next(4)) + new string(' ', random.Next(3)),
            _ => Replace(text, random),
        };
        if (PieceSet.TryParse(other, count) is { } read)
            Assert.Equal(read.Count, read.Except(new(count)).Count(piece => piece < count));
    });

    [Fact]
    public void A_list_of_chunks_is_of_the_blob_or_none() => Seeds.Run("chunks", 3000, random =>
    {
        var bytes = Mutation.Of(random, PeerAnswers.Chunks.ToBytes());
        // Most lists with a wrong sum are found by it; those with a right one are to be found too.
        if (random.Next(4) > 0 && bytes.Length > 4)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), Crc32C.Compute(bytes.AsSpan(0, bytes.Length - 4)));
        var size = random.Next(10) is 0 ? random.NextInt64(long.MinValue, long.MaxValue) : PeerAnswers.Size;
        if (ChunkList.Read(bytes, size) is not { } list)
            return;
        Assert.Equal(size, list.Size);
        Assert.Equal(size, Enumerable.Range(0, list.Count).Sum(chunk => (long)list[chunk].Length));
        _ = list.FileId;
    });

    [Fact]
    public void A_place_that_is_read_can_be_asked() => Seeds.Run("places", 20_000, random =>
    {
        string[] hosts = ["127.0.0.1", "fe80::1", "[fe80::1%lo]:9", "fe80::1%1", "::ffff:10.0.0.1", "a-name.local", "xn--bcher-kva.de", "0x7f.1", "1.2.3.4:99999", "[::1]"];
        var host = random.Next(3) is 0 ? hosts[random.Next(hosts.Length)] : Encoding.Latin1.GetString(Mutation.Of(random, Encoding.Latin1.GetBytes(hosts[random.Next(hosts.Length)])));
        if (PeerAddress.TryParse(host, random.Next(3) is 0 ? random.Next(-2, 70_000) : 9090, out var address))
            Assert.Equal(address.Port, address.Root.Port);
    });

    static string Replace(string text, Random random)
    {
        const string Letters = "ABYZaz019-_+/=";
        if (text.Length is 0)
            return "A";
        var letters = text.ToCharArray();
        letters[random.Next(2) is 0 ? ^1 : random.Next(letters.Length)] = Letters[random.Next(Letters.Length)];
        return new(letters);
    }
}
