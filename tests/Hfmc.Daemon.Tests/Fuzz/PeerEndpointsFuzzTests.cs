using System.Globalization;
using System.Net;
using System.Text;
using Hfmc.Core.Control;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;
using Hfmc.Daemon.Serving;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Fuzz;

/// <summary>
/// Whatever comes over the wire, the daemon answers in order or closes the connection, gives only true bytes and nothing private, and is
/// as before when it is over. It has a public blob, a private one, and one that has come half the way and gets no further.
/// </summary>
public sealed class PeerEndpointsFuzzTests : DaemonTest
{
    const int Cases = 60, Together = 16;

    static readonly PatternContent s_open = new(1_500_001, seed: 1), s_secret = new(40_001, seed: 2), s_coming = new(4_000_003, seed: 3);

    static readonly BytesContent s_small = BytesContent.Of("a small one");

    [Fact(Timeout = 90_000)]
    public async Task Nothing_that_comes_over_the_wire_brings_a_daemon_off_its_way()
    {
        Daemon.Put("acme/tiny", isPublic: true, ("model.bin", s_open), ("config.json", s_small));
        Daemon.Put("acme/secret", isPublic: false, ("hidden.bin", s_secret));
        await using var hub = await FakeHub.StartAsync(cancellationToken: Cancelled);
        hub.Add("acme/coming").Commit(new Dictionary<string, FileContent> { ["model.bin"] = s_coming });
        var hang = new Fault(FaultKind.HangAfter, bytes: 1_300_000) { Path = "model.bin" };
        hub.Faults.Add(hang);
        using var control = new ControlClient(Daemon.Socket, "1.2.3");
        await AddAsync(control, hub);
        await hang.Struck;

        await Seeds.RunAsync("requests", Cases, random => Task.WhenAll(Enumerable.Range(0, Together).Select(_ => AskAsync(new(random.Next())))));

        Assert.Equal(s_open.ToArray(), await Daemon.Http.GetByteArrayAsync(new Uri($"/peer/v1/blobs/{s_open.Sha256}", UriKind.Relative), Cancelled));
        Assert.Contains("\"repos\":2", await Daemon.Http.GetStringAsync(new Uri("/peer/v1/hello", UriKind.Relative), Cancelled));
        var log = await File.ReadAllTextAsync(Daemon.LogFile, Cancelled);
        Assert.False(log.Contains("nhandled", StringComparison.Ordinal), log);
        await AllBodiesAreClosedAsync();
        await control.CancelAsync(new("model", "acme/coming"), Cancelled);
    }

    // As many as one asker may have, at one time, of what does not come: no place is still taken by a request of before.
    async Task AllBodiesAreClosedAsync()
    {
        var open = new List<HttpResponseMessage>();
        while (open.Count < OpenBodies.MostOfPeer)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/peer/v1/blobs/{s_coming.Sha256}", UriKind.Relative)) { Headers = { Range = new(1_400_000, 1_400_009) } };
            try
            {
                var answer = await Daemon.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
                if (answer.StatusCode is HttpStatusCode.PartialContent)
                    open.Add(answer);
                else
                    answer.Dispose();
            }
            catch (HttpRequestException)
            {
                // Held for as long as the daemon holds one, on a machine that is busy: its place is free again.
            }
        }
        open.ForEach(answer => answer.Dispose());
    }

    async Task AskAsync(Random random)
    {
        var (request, then) = new PeerRequests(random, NodeId.New().Text, [s_open.Sha256, s_secret.Sha256, s_coming.Sha256, s_small.Sha256], s_coming.Sha256.Text).Next();
        var answer = await RawAnswer.AskAsync(Daemon.Http.BaseAddress!.Port, request, then, Cancelled);
        var text = Encoding.Latin1.GetString(request);
        // 501 and 505 speak of what is no HTTP/1.1, 503 is busy.
        if (answer.Status is not (0 or 501 or 503 or 505) && answer.Status / 100 is not (2 or 3 or 4))
            throw new InvalidOperationException($"{answer.Head}\n{text}");
        Check(answer, text);
    }

    static void Check(RawAnswer answer, string request)
    {
        // Names that were in the question may be in an answer that refuses it; nothing else of what is private is.
        var said = Encoding.Latin1.GetString(answer.Raw);
        foreach (var name in new[] { "acme/secret", "hidden.bin", s_secret.Sha256.Text })
            Assert.True(answer.Status / 100 is not 2 || !said.Contains(name, StringComparison.Ordinal), $"{name} in {answer.Head}\n{request}");
        Assert.True(answer.Raw.AsSpan().IndexOf(s_secret.ToArray(0, 64)) < 0, request);

        if (answer.Status is not (200 or 206) || answer.Header("ETag")?.Trim('"') is not { } etag)
            return;
        var content = new[] { s_open, s_coming, (FileContent)s_small }.Single(content => content.Sha256.Text == etag);
        var start = answer.Header("Content-Range") is { } range ? long.Parse(range.AsSpan("bytes ".Length, range.IndexOf('-', StringComparison.Ordinal) - "bytes ".Length), CultureInfo.InvariantCulture) : 0;
        Assert.Equal(content.ToArray(start, answer.Body.Length), answer.Body);
    }

    static async Task AddAsync(ControlClient control, FakeHub hub)
    {
        var request = new AddRequest(RepoId.Parse("acme/coming"), Revision.Main);
        await foreach (var line in control.AddAsync(AddMessage.Of(request, new([new(hub.Endpoint, SourceKind.Hub, null)], false), detach: true), Cancelled))
            Assert.Null(line.Error);
    }
}
