using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Hub;

/// <summary>Gated repos of an upstream that cannot be asked whether a caller may read: one file is asked for with his own token.</summary>
public sealed class AuthCheckTests : IAsyncLifetime
{
    const string Member = "hf_member", Other = "hf_other";

    readonly List<IAsyncDisposable> _open = [];
    FakeHub _hub = null!;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _open.Reverse();
        foreach (var open in _open)
            await open.DisposeAsync();
    }

    [Theory]
    [InlineData(LackStyle.NotFoundPage, HubParts.AuthCheck)]
    [InlineData(LackStyle.NotFoundJson, HubParts.AuthCheck)]
    [InlineData(LackStyle.MethodNotAllowed, HubParts.AuthCheck)]
    [InlineData(LackStyle.NotImplemented, HubParts.AuthCheck)]
    [InlineData(LackStyle.Page, HubParts.AuthCheck)]
    [InlineData(LackStyle.NotFoundPage, HubParts.AuthCheck | HubParts.Head)]
    public async Task Who_may_read_gets_the_file_and_nobody_else_does(LackStyle style, HubParts lacks)
    {
        var daemon = await StartAsync(style, lacks);

        Assert.Equal((200, "{}"), await GetAsync(daemon, "/acme/gated/resolve/main/config.json", Member));
        Assert.Equal(403, (await GetAsync(daemon, "/acme/gated/resolve/main/config.json", Other)).Status);
        Assert.Equal(401, (await GetAsync(daemon, "/acme/gated/resolve/main/config.json", null)).Status);
        Assert.Equal(401, (await GetAsync(daemon, "/acme/gated/resolve/main/config.json", "hf_invalid")).Status);
        Assert.Equal(200, (await GetAsync(daemon, "/api/models/acme/gated/auth-check", Member)).Status);
        Assert.Equal(403, (await GetAsync(daemon, "/api/models/acme/gated/auth-check", Other)).Status);
    }

    [Fact]
    public async Task A_private_repo_stays_hidden_from_others()
    {
        var daemon = await StartAsync(LackStyle.NotFoundPage, HubParts.AuthCheck);
        _hub.Add("acme/gated").Private = true;

        Assert.Equal((200, "{}"), await GetAsync(daemon, "/acme/gated/resolve/main/config.json", Member));
        Assert.Equal(404, (await GetAsync(daemon, "/acme/gated/resolve/main/config.json", Other)).Status);
        Assert.Equal(401, (await GetAsync(daemon, "/acme/gated/resolve/main/config.json", null)).Status);
    }

    async Task<DaemonRig> StartAsync(LackStyle style, HubParts lacks)
    {
        _hub = await FakeHub.StartAsync(new() { LfsThreshold = 1000, Lacks = lacks, LacksWith = style }, TestContext.Current.CancellationToken);
        _open.Add(_hub);
        var repo = _hub.Add("acme/gated").Allow(Member);
        _hub.AddUser(Other, "other");
        repo.Gated = true;
        repo.Commit(new Dictionary<string, FileContent> { ["README.md"] = BytesContent.Of("#"), ["config.json"] = BytesContent.Of("{}"), ["model.bin"] = new PatternContent(5000) });
        var daemon = await DaemonRig.StartAsync(_hub.Endpoint, TimeProvider.System);
        _open.Add(daemon);
        return daemon;
    }

    static async Task<(int Status, string Body)> GetAsync(DaemonRig daemon, string target, string? token)
    {
        var answer = await new HubAsk(HttpMethod.Get, target, token).SendAsync(daemon.Http.BaseAddress!, TestContext.Current.CancellationToken);
        return (answer.Status, answer.Body);
    }
}
