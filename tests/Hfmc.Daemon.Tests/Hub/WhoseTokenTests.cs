using Hfmc.Core.Repos;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Hub;

/// <summary>A caller sees what the upstream shows to his own token, and never what it shows to another.</summary>
public sealed class WhoseTokenTests : HubTest
{
    const string Member = "hf_member", Other = "hf_other";

    readonly ManualTime _time = new();
    FakeRepo _repo = null!;
    CommitId _commit;

    private protected override TimeProvider Time => _time;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Upstream.AddUser(Other, "other");
        _repo = Upstream.Add("acme/secret").Allow(Member).Allow(DaemonRig.OwnersToken);
        _commit = _repo.Commit(new Dictionary<string, byte[]> { ["config.json"] = "{}"u8.ToArray() });
    }

    [Theory]
    [InlineData("/api/models/acme/secret")]
    [InlineData("/api/models/acme/secret/revision/main")]
    [InlineData("/api/models/acme/secret/revision/main?expand=sha")]
    [InlineData("/api/models/acme/secret/tree/main")]
    [InlineData("/api/models/acme/secret/tree/main?expand=true")]
    [InlineData("/api/models/acme/secret/refs")]
    [InlineData("/api/models/acme/secret/commits/main")]
    [InlineData("/api/models/acme/secret/auth-check")]
    [InlineData("/api/models/acme/secret/xet-read-token/main")]
    [InlineData("/acme/secret/raw/main/config.json")]
    [InlineData("/acme/secret/resolve/main/config.json")]
    public async Task A_private_repo_is_there_for_its_members_only_in_whatever_order_they_come(string target)
    {
        _repo.Private = true;
        Daemon.Put(_repo, _commit, isPublic: false);

        foreach (var (token, expected) in ((string?, (int, string?))[])[(null, (401, "RepoNotFound")), (Member, (200, null)), (Other, (404, "RepoNotFound")), (null, (401, "RepoNotFound")), (Member, (200, null)), (Other, (404, "RepoNotFound"))])
            Assert.Equal(expected, await LookAsync(target, token));
        Assert.Equal(expected: (200, null), await LookAsync(target.Replace("main", _commit.Text, StringComparison.Ordinal), Member));
        Assert.Equal((404, "RepoNotFound"), await LookAsync(target.Replace("main", _commit.Text, StringComparison.Ordinal), Other));
    }

    [Theory]
    [InlineData("/acme/secret/resolve/main/config.json")]
    [InlineData("/acme/secret/raw/main/config.json")]
    [InlineData("/api/models/acme/secret/auth-check")]
    public async Task A_gated_repo_lists_its_files_to_all_and_gives_them_to_its_members(string target)
    {
        _repo.Gated = true;
        Daemon.Put(_repo, _commit, isPublic: false);

        foreach (var token in (string?[])[null, Member, Other])
            Assert.Equal((200, null), await LookAsync("/api/models/acme/secret/tree/main", token));
        foreach (var (token, expected) in ((string?, (int, string?))[])[(null, (401, "GatedRepo")), (Member, (200, null)), (Other, (403, "GatedRepo")), (null, (401, "GatedRepo"))])
            Assert.Equal(expected, await LookAsync(target, token));
    }

    [Fact]
    public async Task A_yes_is_good_for_a_minute()
    {
        _repo.Private = true;
        await LookAsync("/api/models/acme/secret/tree/main", Member);
        await LookAsync("/api/models/acme/secret/tree/main", Member);
        var asked = Upstream.Requests.Count(request => request.Token is Member);
        _repo.Forbid(Member);

        Assert.Equal((200, null), await LookAsync("/api/models/acme/secret/tree/main", Member));
        Assert.Equal(asked, Upstream.Requests.Count(request => request.Token is Member));
        _time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal((404, "RepoNotFound"), await LookAsync("/api/models/acme/secret/tree/main", Member));
    }

    [Fact]
    public async Task A_yes_is_not_stretched_when_the_upstream_is_gone()
    {
        _repo.Private = true;
        Daemon.Put(_repo, _commit, isPublic: false);
        Assert.Equal((200, null), await LookAsync("/api/models/acme/secret/tree/main", Member));
        await Upstream.StopAsync();

        Assert.Equal((200, null), await LookAsync("/api/models/acme/secret/tree/main", Member));
        _time.Advance(TimeSpan.FromSeconds(61));

        Assert.Equal((404, "RepoNotFound"), await LookAsync("/api/models/acme/secret/tree/main", Member));
        Assert.Equal((404, "RepoNotFound"), await LookAsync("/api/models/acme/secret/tree/main", null));
    }

    [Fact]
    public async Task The_owners_token_serves_nobody()
    {
        _repo.Private = true;

        Assert.Equal((401, "RepoNotFound"), await LookAsync("/api/models/acme/secret", null));
        Assert.Equal(401, (await AskAsync("/api/whoami-v2")).Status);
        Assert.NotEmpty(Upstream.Requests);
        Assert.All(Upstream.Requests, request => Assert.Null(request.Token));
    }

    [Fact]
    public async Task Each_caller_is_told_who_he_himself_is()
    {
        Upstream.AddUser(Member, "member");

        foreach (var (token, name) in ((string, string)[])[(Member, "member"), (Other, "other"), (Member, "member")])
            Assert.Equal(name, (string?)(await AskAsync("/api/whoami-v2", token)).Json["name"]);
        var bad = await AskAsync("/api/whoami-v2", "hf_wrong");
        Assert.Equal((401, null, "Invalid credentials in Authorization header"), (bad.Status, bad.Code, bad["X-Error-Message"]));
    }

    [Fact]
    public async Task What_is_public_is_asked_for_without_the_token()
    {
        await LookAsync("/api/models/acme/secret/tree/main?recursive=true", Member);
        await LookAsync("/api/models/acme/secret/revision/main", Other);

        Assert.All(Upstream.Requests, request => Assert.Null(request.Token));
        Assert.Equal(1, Asked("/revision/main"));
    }

    [Fact]
    public async Task No_token_is_in_the_log()
    {
        await LookAsync("/api/models/acme/secret", Member);
        await LookAsync("/api/models/acme/none", Member);

        Assert.DoesNotContain(Member, await File.ReadAllTextAsync(Daemon.LogFile, Cancelled), StringComparison.Ordinal);
    }

    async Task<(int, string?)> LookAsync(string target, string? token)
    {
        var answer = await AskAsync(target, token);
        return (answer.Status, answer.Code);
    }
}
