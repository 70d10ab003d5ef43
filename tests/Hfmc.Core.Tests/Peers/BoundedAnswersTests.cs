using System.Text;
using System.Text.Json;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Peers;

/// <summary>What is too long is refused while it is read, before it has become something large.</summary>
public sealed class BoundedAnswersTests
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void A_list_of_too_many_files_does_not_become_files()
    {
        // As many as fit into the largest answer would be a gigabyte of objects.
        var json = Encoding.UTF8.GetBytes($$"""{"repo":"x","commit":"y","files":[{{string.Concat(Enumerable.Repeat("{},", 4_000_000))}}{}]}""");
        var before = GC.GetAllocatedBytesForCurrentThread();

        var error = Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, PeerJson.Default.PeerSnapshot));

        Assert.Contains($"more than {PeerProtocol.MostFiles} entries", error.Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64L << 20);
    }

    [Fact]
    public void Names_in_a_question_are_counted_and_short()
    {
        Assert.Contains("more than 4096 entries", Refused($$"""{"etags":[{{string.Join(',', Enumerable.Repeat("\"a\"", PeerProtocol.MostBlobs + 1))}}]}"""));
        Assert.Contains("a text of more than 384 bytes", Refused($$"""{"etags":["{{new string('a', 385)}}"]}"""));
        Assert.Equal(PeerProtocol.MostBlobs, JsonSerializer.Deserialize($$"""{"etags":[{{string.Join(',', Enumerable.Repeat("\"a\"", PeerProtocol.MostBlobs))}}]}""", PeerJson.Default.PeerBlobQuestion)!.Etags.Length);

        static string Refused(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, PeerJson.Default.PeerBlobQuestion)).Message;
    }

    [Fact]
    public void Messages_are_written_as_they_are_read()
    {
        var question = new PeerFollowQuestion(["a", "b"], 9090) { Small = ["c"] };

        var json = JsonSerializer.Serialize(question, PeerJson.Default.PeerFollowQuestion);

        Assert.Equal("""{"etags":["a","b"],"port":9090,"small":["c"]}""", json);
        Assert.Equal("c", Assert.Single(JsonSerializer.Deserialize(json, PeerJson.Default.PeerFollowQuestion)!.Small!));
        Assert.Null(JsonSerializer.Deserialize("""{"etags":["a"]}""", PeerJson.Default.PeerFollowQuestion)!.Small);
    }

    [Fact]
    public void JSON_that_is_nested_too_deeply_is_refused() => Assert.Throws<JsonException>(() =>
        JsonSerializer.Deserialize($$"""{"etags":["a"],"x":{{new string('[', 9)}}{{new string(']', 9)}}}""", PeerJson.Default.PeerBlobQuestion));

    [Fact(Timeout = 120_000)]
    public async Task A_chunk_list_is_read_no_further_than_it_can_be_true()
    {
        await using var server = new RawServer();
        using var http = PeerClient.CreateTransport();
        // A head that promises what a blob of 3 bytes cannot have; 60 MB would follow.
        byte[] head = [.. "hfmcchk1"u8, 3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0];
        server.Answer = [.. Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 60000000\r\n\r\n"), .. head];
        server.StaysOpen = true;

        var blob = new Blob(BytesContent.Of("abc").Sha256, 3);
        var error = await Assert.ThrowsAsync<SourceException>(() => new PeerClient(http, TimeProvider.System, null).ChunksAsync(new("127.0.0.1", server.Port), blob, Cancelled));

        Assert.Equal(SourceFault.Lied, error.Fault);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task Nothing_is_ever_unpacked(string encoding)
    {
        await using var server = new RawServer();
        server.Answer = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: 22\r\nConnection: close\r\n\r\n"), .. Convert.FromHexString("1f8b08000000000000ffab56ca4d2c2e4e4d510200")[..^0], .. "xx"u8];
        using var peers = PeerClient.CreateTransport();

        var peer = await Assert.ThrowsAsync<SourceException>(() => new PeerClient(peers, TimeProvider.System, null).HelloAsync(new("127.0.0.1", server.Port), Cancelled));

        Assert.Equal(SourceFault.Lied, peer.Fault);
    }
}
