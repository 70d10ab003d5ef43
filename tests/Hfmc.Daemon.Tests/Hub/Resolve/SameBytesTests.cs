using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Hub;

/// <summary>A client cannot tell the daemon from its upstream by the bytes of files either, whatever part of them it asks for.</summary>
public sealed class SameBytesTests
{
    const int Hubs = 4, Questions = 60;

    static readonly (string Name, long Size)[] s_files =
        [("empty", 0), ("one", 1), ("small.bin", 70_000), ("sub dir/ä#.bin", 400_000), ("big.bin", (3 << 20) + 17), ("bigger.bin", (6 << 20) + 1)];

    static readonly HttpClient s_http = new(new SocketsHttpHandler { UseProxy = false });

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public Task The_same_range_gets_the_same_answer_directly_and_through_the_daemon() =>
        Seeds.RunAsync(nameof(The_same_range_gets_the_same_answer_directly_and_through_the_daemon), Hubs, async random =>
        {
            await using var upstream = await FakeHub.StartAsync(new() { Style = HubStyle.Direct }, Cancelled);
            await using var daemon = await DaemonRig.StartAsync(upstream.Endpoint);
            var seed = random.Next();
            upstream.Add("acme/random").Commit(s_files.ToDictionary(file => file.Name, FileContent (file) => new PatternContent(file.Size, seed)));
            for (var round = 0; round < Questions; round += 4)
            {
                // Some at once: readers of one file meet.
                var asks = Enumerable.Range(0, 4).Select(_ => Ask.Random(random, seed)).ToList();
                var direct = await Task.WhenAll(asks.Select(ask => ask.SendAsync(upstream.Endpoint)));
                var through = await Task.WhenAll(asks.Select(ask => ask.SendAsync(daemon.Http.BaseAddress!)));
                for (var i = 0; i < asks.Count; i++)
                    Assert.Equal($"{asks[i]}\n{direct[i]}", $"{asks[i]}\n{through[i]}");
            }
        });

    sealed record Ask(HttpMethod Method, string Target, IReadOnlyList<(string Name, string Value)> Headers)
    {
        public static Ask Random(Random random, int seed)
        {
            var (name, size) = s_files[random.Next(s_files.Length)];
            var headers = new List<(string, string)>();
            if (random.Next(5) > 0)
                headers.Add(("Range", Range(random, size)));
            var tag = new PatternContent(size, seed) is var content && size >= 1 << 20 ? content.Sha256 : content.GitSha1;
            if (random.Next(8) is 0)
                headers.Add(("If-Range", random.Next(2) is 0 ? $"\"{tag}\"" : "\"other\""));
            if (random.Next(10) is 0)
                headers.Add(("If-None-Match", random.Next(2) is 0 ? $"\"{tag}\"" : "\"other\""));
            var path = string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
            return new(random.Next(5) is 0 ? HttpMethod.Head : HttpMethod.Get, $"/acme/random/resolve/{(random.Next(2) is 0 ? "main" : "HEAD")}/{path}", headers);
        }

        static string Range(Random random, long size)
        {
            var (one, other) = (random.NextInt64(size + 2), random.NextInt64(size + 2));
            return random.Next(9) switch
            {
                0 => $"bytes={one}-",
                1 => $"bytes=-{one}",
                2 => "bytes=0-0",
                3 => $"bytes={Math.Max(one, other)}-{Math.Min(one, other)}",
                4 => $"bytes={one}-{one + 5},{other}-",
                5 => string.Create(CultureInfo.InvariantCulture, $"bytes={one}-{long.MaxValue / 100}"),
                6 => "bytes=x-y",
                _ => $"bytes={Math.Min(one, other)}-{Math.Max(one, other)}",
            };
        }

        public async Task<string> SendAsync(Uri host)
        {
            using var request = new HttpRequestMessage(Method, new Uri(host, Target));
            foreach (var (name, value) in Headers)
                request.Headers.TryAddWithoutValidation(name, value);
            using var answer = await s_http.SendAsync(request, Cancelled);
            var body = await answer.Content.ReadAsByteArrayAsync(Cancelled);
            var content = answer.Content.Headers;
            // A 304 has no length, and a HEAD only a length.
            var length = answer.StatusCode is HttpStatusCode.NotModified ? null : content.ContentLength;
            return $"{(int)answer.StatusCode} {answer.Headers.ETag} {content.ContentRange} {length} {string.Join(',', answer.Headers.GetValues("X-Repo-Commit"))} {body.Length} {Convert.ToHexString(SHA256.HashData(body))}";
        }

        public override string ToString() => $"{Method} {Target} {string.Join("; ", Headers)}";
    }
}
