using System.Net;
using System.Text.Json;
using Hfmc.Daemon.Serving.Xet;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Xet;

/// <summary>Which files are offered as Xet, and in which words.</summary>
public sealed class XetOfferTests
{
    const string Repo = "acme/tiny", FileInfo = "application/vnd.xet-fileinfo+json";

    static readonly PatternContent s_large = new(3_000_000, seed: 1), s_small = new(1_500_000, seed: 2);

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("off", true, "", "")]
    [InlineData("on", true, "large", "small")]
    [InlineData("on", false, "large", "")]
    [InlineData("auto", true, "large", "")]
    [InlineData("auto", false, "large", "")]
    public async Task An_id_is_told_in_every_answer_or_in_none(string xet, bool hasLists, params string[] offered)
    {
        await using var daemon = await StartAsync(xet, xetAbove: 2_000_000, hasLists);

        foreach (var (name, file) in (IEnumerable<(string, FileContent)>)[("large", s_large), ("small", s_small)])
        {
            var isOffered = offered.Contains(name);
            using var head = await daemon.SendAsync(HttpMethod.Head, $"/{Repo}/resolve/main/{name}.bin");
            using var asked = await daemon.GetAsync($"/{Repo}/resolve/main/{name}.bin", ("Accept", $"{FileInfo}, */*"), ("Range", "bytes=0-0"));
            var tree = await JsonAsync(daemon, $"/api/models/{Repo}/tree/main");

            foreach (var answer in (HttpResponseMessage[])[head, asked])
            {
                Assert.Equal(isOffered, answer.Headers.TryGetValues("X-Xet-Hash", out var hashes) && hashes.Single() == file.XetId);
                Assert.Equal(isOffered, answer.Headers.Contains("Link"));
            }
            Assert.Equal((HttpStatusCode.OK, file.Size), (head.StatusCode, head.Content.Headers.ContentLength));
            Assert.Equal(isOffered, asked.Content.Headers.ContentType!.MediaType == FileInfo);
            Assert.Equal(isOffered ? HttpStatusCode.OK : HttpStatusCode.PartialContent, asked.StatusCode);
            var entry = tree.EnumerateArray().Single(entry => entry.GetProperty("path").GetString() == $"{name}.bin");
            Assert.Equal(isOffered ? file.XetId : null, entry.TryGetProperty("xetHash", out var hash) ? hash.GetString() : null);
        }
    }

    [Fact]
    public async Task A_file_of_a_commit_that_nobody_lists_is_read_without_xet()
    {
        await using var daemon = await StartAsync("on", xetAbove: 2_000_000, hasLists: true);
        var record = Assert.Single(daemon.Records.All());
        daemon.Records.Write(record with { IsPartial = true });

        using var answer = await daemon.GetAsync($"/{Repo}/resolve/main/large.bin", ("Accept", $"{FileInfo}, */*"));

        Assert.False(answer.Headers.Contains("X-Xet-Hash"));
        Assert.Equal((HttpStatusCode.OK, s_large.Size), (answer.StatusCode, answer.Content.Headers.ContentLength));
    }

    [Fact]
    public async Task Above_which_size_auto_offers_is_the_limit_of_the_official_client()
    {
        await using var daemon = await StartAsync("auto", xetAbove: null, hasLists: true);

        Assert.False((await daemon.SendAsync(HttpMethod.Head, $"/{Repo}/resolve/main/large.bin")).Headers.Contains("X-Xet-Hash"));
        Assert.Equal(50_000_000_000, XetIds.MostOverPlainHttp);
    }

    [Fact]
    public async Task The_links_of_an_offer_lead_to_this_daemon_under_the_name_that_the_client_uses()
    {
        await using var daemon = await StartAsync("on", xetAbove: null, hasLists: true);
        var commit = daemon.Cache.Repo(Core.Repos.RepoId.Parse(Repo)).ResolveRef(Core.Repos.Revision.Main);

        using var answer = await daemon.GetAsync($"/{Repo}/resolve/main/large.bin", ("Accept", FileInfo), ("Host", $"localhost:{daemon.Http.BaseAddress!.Port}"));

        var host = $"http://localhost:{daemon.Http.BaseAddress.Port}";
        Assert.Equal(
            $"<{host}/api/models/{Repo}/xet-read-token/{commit}>; rel=\"xet-auth\", <{host}/v1/reconstructions/{s_large.XetId}>; rel=\"xet-reconstruction-info\"",
            Assert.Single(answer.Headers.GetValues("Link")));
        Assert.Equal([$"{s_large.Size}", $"\"{s_large.Sha256}\""], ((string[])["X-Linked-Size", "X-Linked-ETag"]).Select(name => answer.Headers.GetValues(name).Single()));
    }

    [Fact]
    public async Task What_was_listed_by_the_Hub_itself_is_served_though_it_is_not_offered()
    {
        await using var daemon = await StartAsync("auto", xetAbove: null, hasLists: false);
        var client = new CasClient(daemon.Http);
        var (token, _, _) = await client.TokenAsync(Repo, "main");

        Assert.Equal(s_small.ToArray(), await client.ReadAsync(2, s_small.XetId, token, 0, s_small.Size));
    }

    [Fact]
    public async Task Where_it_is_off_there_is_no_CAS()
    {
        await using var daemon = await StartAsync("off", xetAbove: null, hasLists: true);

        Assert.Equal(HttpStatusCode.NotFound, (await daemon.GetAsync($"/v2/reconstructions/{s_large.XetId}")).StatusCode);
    }

    static async Task<DaemonRig> StartAsync(string xet, long? xetAbove, bool hasLists)
    {
        var daemon = await DaemonRig.StartAsync(xet: xet, xetAbove: xetAbove);
        daemon.PutXet(Repo, isPublic: true, ("large.bin", s_large), ("small.bin", s_small));
        if (hasLists)
            daemon.KeepLists(s_large, s_small);
        return daemon;
    }

    static async Task<JsonElement> JsonAsync(DaemonRig daemon, string target) =>
        JsonDocument.Parse(await (await daemon.GetAsync(target)).Content.ReadAsByteArrayAsync(Cancelled)).RootElement;
}
