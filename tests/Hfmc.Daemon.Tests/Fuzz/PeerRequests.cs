using System.Text;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Testing;

namespace Hfmc.Daemon.Tests.Fuzz;

/// <summary>Requests to every endpoint of the peer protocol: right ones, and what a defect or a liar makes of them.</summary>
/// <param name="random">Chooses.</param>
/// <param name="node">Who asks.</param>
/// <param name="blobs">What is asked for.</param>
/// <param name="held">The one whose bytes do not come: it is not waited for.</param>
sealed class PeerRequests(Random random, string node, IReadOnlyList<ETag> blobs, string held)
{
    static readonly string[] s_ranges =
    [
        "bytes=0-0", "bytes=1-", "bytes=-1", "bytes=-0", "bytes=0-9223372036854775807", "bytes=9223372036854775807-", "bytes=-9223372036854775807", "bytes=9223372036854775806-9223372036854775807",
        "bytes=99999999999999999999-", "bytes=5-1", "bytes=-", "bytes=", "bytes=0-1,5-6", "bytes=0-0,0-0,0-0", "bytes= 0 - 5", "Bytes=1-2", "items=0-5", "bytes=0x1-0x5", "bytes=1.5-2", "bytes=--5", "bytes", "=",
    ];

    static readonly string[] s_headers =
    [
        "Origin: null", "Origin: http://[", "Origin: http://hfmc:99999", "Sec-Fetch-Site: cross-site", "Host: evil.example", "Host: ", "Host: [::1", "If-None-Match: \"x", "If-None-Match: W/\"", "If-Range: x", "Expect: 100-continue",
        "Content-Length: -1", "Content-Length: 99999999999999999999", "Content-Length: 3", "Transfer-Encoding: chunked", "Transfer-Encoding: gzip, chunked", "Upgrade: h2c", "Connection: Upgrade", "X-Hfmc-Node: x", "X-Hfmc-Node: é", "Range: bytes=0-1",
        "Content-Type: text/plain; charset=utf-16", "Content-Encoding: gzip", $"X: {new string('x', 20_000)}", " folded", ":", "X\0: y",
    ];

    /// <summary>The next request, and what its asker does then.</summary>
    public (byte[] Bytes, AfterSending Then) Next()
    {
        var (line, body) = random.Next(10) switch
        {
            0 => ("GET /hello", null),
            1 => ($"GET /snapshot?repo={Pick("models/acme/tiny", "models/acme/secret", "acme/tiny", "models/..%2F..", "%00", "", "models/acme/tiny&repo=models/acme/secret")}&revision={Pick("main", "HEAD", "refs/pr/1", "..%2Fmain", "main%00", new string('a', 400), new string('a', 40), "%ed%a0%80", "")}", null),
            2 => ("POST /blobs", $$"""{"etags":[{{Names()}}]}"""),
            3 => ($"{Pick("GET", "GET", "GET", "HEAD", "PUT")} /blobs/{Name()}", null),
            4 => ($"GET /blobs/{Name()}/chunks", null),
            5 => ($"POST /blobs/{Name()}/complaint", $$"""{"start":{{random.Next(1 << 20)}},"end":{{random.Next(1 << 23)}}}"""),
            6 => ("POST /follow", $$"""{"etags":[{{Names()}}],"port":{{random.Next(1, 65536)}},"small":[{{Names()}}]}"""),
            7 => ("POST /cluster", $$"""{"certificate":"{{new string('A', 139)}}","removed":[{"node":"{{node}}","signature":"{{new string('A', 86)}}"}]}"""),
            8 => random.Next(2) is 0
                ? ("POST /reading", $$"""{"subject":"{{Name()}}"}""")
                : ("POST /reading/proof", $$"""{"subject":"{{Name()}}","nonce":"{{Name()}}","mac":"{{Name()}}"}"""),
            _ => ("POST /bundle", $$"""{"etags":[{{Names()}}]}"""),
        };
        var isStream = line.EndsWith("follow", StringComparison.Ordinal) || line.EndsWith(held, StringComparison.Ordinal);
        if (body is not null && random.Next(4) > 0)
            body = Mutation.Json(random, body);
        var isOdd = random.Next(6) is 0;
        var bytes = Encoding.UTF8.GetBytes(Head(line.Replace(" /", $" {PeerProtocol.Root}/", StringComparison.Ordinal), body, isOdd) + body);
        var isDamaged = random.Next(4) is 0;
        if (isDamaged)
            bytes = Mutation.Of(random, bytes);
        var isHalf = random.Next(12) is 0;
        if (isHalf)
            bytes = bytes[..random.Next(bytes.Length)];
        return (bytes, random.Next(15) is 0 ? AfterSending.Reset : isHalf || isStream || isDamaged || isOdd || random.Next(20) is 0 ? AfterSending.Leave : random.Next(4) is 0 ? AfterSending.Close : AfterSending.Read);
    }

    string Head(string line, string? body, bool isOdd)
    {
        var head = new StringBuilder($"{line} HTTP/1.1\r\nHost: hfmc\r\nConnection: close\r\n");
        if (random.Next(3) > 0)
            head.Append($"X-Hfmc-Node: {node}\r\n");
        if (body is not null)
            head.Append($"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n");
        if (random.Next(2) is 0)
            head.Append($"Range: {(random.Next(2) is 0 ? s_ranges[random.Next(s_ranges.Length)] : $"bytes={random.Next(5 << 20)}-{random.Next(5 << 20)}")}\r\n");
        if (isOdd)
            head.Append($"{s_headers[random.Next(s_headers.Length)]}\r\n");
        return head.Append("\r\n").ToString();
    }

    string Name() => random.Next(6) is 0 ? Pick("x", "..", "%2e%2e%2f", new string('0', 64), new string('A', 40), "%00", "é", new string('a', 9000)) : blobs[random.Next(blobs.Count)].Text;

    string Names() => string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => $"\"{(random.Next(8) is 0 ? "x" : blobs[random.Next(blobs.Count)].Text)}\""));

    string Pick(params string[] of) => of[random.Next(of.Length)];
}
