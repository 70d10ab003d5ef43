using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Xunit;

namespace Hfmc.Daemon.Tests.Xet;

/// <summary>
/// Reads files as the documentation of Xet says that a client does, from JSON and bytes alone, and holds each answer against it. It shares
/// nothing with the code that it tests.
/// </summary>
/// <param name="http">Its base address is the daemon.</param>
sealed class CasClient(HttpClient http)
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Answers to requests for bytes of xorbs so far, by their kind.</summary>
    public List<string> Fetched { get; } = [];

    public async Task<(string Token, long Ends, string Address)> TokenAsync(string repo, string revision)
    {
        using var answer = await http.GetAsync(new Uri($"/api/models/{repo}/xet-read-token/{revision}", UriKind.Relative), Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var json = await JsonAsync(answer);
        var (token, ends, address) = (json.GetProperty("accessToken").GetString()!, json.GetProperty("exp").GetInt64(), json.GetProperty("casUrl").GetString()!);
        Assert.Equal([token, $"{ends}", address], ((string[])["X-Xet-Access-Token", "X-Xet-Token-Expiration", "X-Xet-Cas-Url"]).Select(name => answer.Headers.GetValues(name).Single()));
        return (token, ends, address);
    }

    /// <summary>The CAS's answer about a file; <paramref name="range"/> is the value of the Range header.</summary>
    public async Task<HttpResponseMessage> AskAsync(string target, string? token, string? range = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(target, UriKind.RelativeOrAbsolute));
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        if (range is not null)
            request.Headers.TryAddWithoutValidation("Range", range);
        return await http.SendAsync(request, Cancelled);
    }

    public async Task<JsonElement> TellAsync(int version, string id, string token, string? range = null)
    {
        using var answer = await AskAsync($"/v{version}/reconstructions/{id}", token, range);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await JsonAsync(answer);
    }

    /// <summary>The bytes of the file from <paramref name="start"/> up to <paramref name="end"/>.</summary>
    public async Task<byte[]> ReadAsync(int version, string id, string token, long start, long end)
    {
        var told = await TellAsync(version, id, token, $"bytes={start}-{end - 1}");
        var got = new Dictionary<string, List<(int First, int End, List<byte[]> Chunks)>>();
        foreach (var xorb in told.GetProperty(version is 1 ? "fetch_info" : "xorbs").EnumerateObject())
        {
            got[xorb.Name] = [];
            foreach (var entry in xorb.Value.EnumerateArray())
                got[xorb.Name].AddRange(version is 1 ? await FetchFirstAsync(entry) : await FetchSecondAsync(entry));
        }

        using var file = new MemoryStream();
        foreach (var term in told.GetProperty("terms").EnumerateArray())
        {
            var (first, stop) = Range(term.GetProperty("range"));
            var piece = got[term.GetProperty("hash").GetString()!].Single(piece => piece.First <= first && stop <= piece.End);
            var before = file.Length;
            foreach (var chunk in piece.Chunks.GetRange((int)first - piece.First, (int)(stop - first)))
                file.Write(chunk);
            Assert.Equal(term.GetProperty("unpacked_length").GetInt64(), file.Length - before);
        }
        return file.ToArray().AsSpan(told.GetProperty("offset_into_first_range").GetInt32(), (int)(end - start)).ToArray();
    }

    async Task<List<(int, int, List<byte[]>)>> FetchFirstAsync(JsonElement entry)
    {
        var ((first, end), (from, to)) = (Range(entry.GetProperty("range")), Range(entry.GetProperty("url_range")));
        return [((int)first, (int)end, Unpack(Assert.Single(await GetAsync(entry.GetProperty("url").GetString()!, [(from, to)])), (int)(end - first)))];
    }

    async Task<List<(int, int, List<byte[]>)>> FetchSecondAsync(JsonElement entry)
    {
        var pieces = entry.GetProperty("ranges").EnumerateArray().Select(piece => (Chunks: Range(piece.GetProperty("chunks")), Bytes: Range(piece.GetProperty("bytes")))).ToList();
        var parts = await GetAsync(entry.GetProperty("url").GetString()!, [.. pieces.Select(piece => piece.Bytes)]);
        return [.. pieces.Zip(parts, (piece, part) => ((int)piece.Chunks.Start, (int)piece.Chunks.End, Unpack(part, (int)(piece.Chunks.End - piece.Chunks.Start))))];
    }

    /// <summary>These bytes, ends included, of what a link names, in one request.</summary>
    public async Task<List<byte[]>> GetAsync(string url, (long From, long To)[] ranges)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("Range", $"bytes={string.Join(',', ranges.Select(range => $"{range.From}-{range.To}"))}");
        using var answer = await http.SendAsync(request, Cancelled);
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        var body = await answer.Content.ReadAsByteArrayAsync(Cancelled);
        Assert.Equal(body.Length, answer.Content.Headers.ContentLength);
        Fetched.Add(answer.Content.Headers.ContentType!.MediaType!);
        if (ranges is [var only])
        {
            Assert.Equal((only.From, only.To), (answer.Content.Headers.ContentRange!.From, answer.Content.Headers.ContentRange.To));
            Assert.Equal(only.To - only.From + 1, body.Length);
            return [body];
        }
        Assert.Equal("multipart/byteranges", answer.Content.Headers.ContentType.MediaType);
        return Parts(body, answer.Content.Headers.ContentType.Parameters.Single(parameter => parameter.Name is "boundary").Value!, ranges);
    }

    // RFC 9110, 14.6, and RFC 2046, 5.1.1.
    static List<byte[]> Parts(byte[] body, string boundary, (long From, long To)[] ranges)
    {
        var (parts, at) = (new List<byte[]>(), 0);
        foreach (var (from, to) in ranges)
        {
            Expect($"{(at is 0 ? "" : "\r\n")}--{boundary}\r\n");
            var head = Encoding.ASCII.GetString(body, at, body.AsSpan(at).IndexOf("\r\n\r\n"u8));
            at += head.Length + 4;
            var range = ContentRangeHeaderValue.Parse(head.Split("\r\n").Single(line => line.StartsWith("Content-Range: ", StringComparison.Ordinal))["Content-Range: ".Length..]);
            Assert.Equal((from, to), (range.From, range.To));
            parts.Add(body[at..(at += (int)(to - from + 1))]);
        }
        Expect($"\r\n--{boundary}--\r\n");
        Assert.Equal(body.Length, at);
        return parts;

        void Expect(string text)
        {
            Assert.Equal(text, Encoding.ASCII.GetString(body, at, text.Length));
            at += text.Length;
        }
    }

    static List<byte[]> Unpack(ReadOnlySpan<byte> records, int count)
    {
        var chunks = new List<byte[]>();
        while (!records.IsEmpty)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(records) >> 8;
            Assert.Equal((0, 0, length), (records[0], records[4], BinaryPrimitives.ReadInt32LittleEndian(records[4..]) >> 8));
            chunks.Add(records.Slice(8, length).ToArray());
            records = records[(8 + length)..];
        }
        Assert.Equal(count, chunks.Count);
        return chunks;
    }

    static (long Start, long End) Range(JsonElement range) => (range.GetProperty("start").GetInt64(), range.GetProperty("end").GetInt64());

    static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) => JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(Cancelled)).RootElement;
}
