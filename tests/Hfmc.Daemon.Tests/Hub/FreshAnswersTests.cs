using Hfmc.Core.Repos;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Hub;

/// <summary>When the upstream is asked, and when what is known is enough.</summary>
public sealed class FreshAnswersTests : HubTest
{
    const string Main = "/api/models/acme/tiny/revision/main";

    readonly ManualTime _time = new();

    private protected override TimeProvider Time => _time;

    CommitId Publish(string config) => Upstream.Add("acme/tiny").Commit(new Dictionary<string, byte[]> { ["config.json"] = System.Text.Encoding.UTF8.GetBytes(config) });

    [Fact]
    public async Task A_branch_is_asked_about_once_in_a_while_and_then_by_the_tag_of_what_is_known()
    {
        var commit = Publish("{}");

        await AskAsync(Main);
        await AskAsync(Main);
        Assert.Equal(1, Asked(Main));
        _time.Advance(TimeSpan.FromSeconds(11));
        var again = await AskAsync(Main);

        Assert.Equal(2, Asked(Main));
        Assert.Equal(304, Upstream.Requests.Last(request => request.Target == Main).Status);
        Assert.Equal(commit.Text, (string?)again.Json["sha"]);
    }

    [Fact]
    public async Task A_branch_that_moved_is_seen_to_have_moved()
    {
        Publish("{}");
        await AskAsync(Main);
        var newer = Publish("{ }");
        _time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(newer.Text, (string?)(await AskAsync(Main)).Json["sha"]);
    }

    [Fact]
    public async Task A_no_is_remembered_briefly()
    {
        Assert.Equal("RepoNotFound", (await AskAsync(Main)).Code);
        Assert.Equal("RepoNotFound", (await AskAsync(Main)).Code);
        Assert.Equal(1, Asked(Main));
        Publish("{}");
        _time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(200, (await AskAsync(Main)).Status);
    }

    [Fact]
    public async Task A_hundred_equal_questions_at_once_are_one()
    {
        Publish("{}");
        var hang = Upstream.Faults.Add(new Fault(FaultKind.HangAfter) { Path = "/api" });

        var asking = Enumerable.Range(0, 100).Select(_ => AskAsync(Main)).ToList();
        await hang.Struck.WaitAsync(Cancelled);
        Upstream.Faults.Clear();

        Assert.All(await Task.WhenAll(asking), answer => Assert.Equal(200, answer.Status));
        Assert.Equal(1, Asked(Main));
    }

    [Fact]
    public async Task A_commit_is_not_asked_about_once_it_is_known()
    {
        var repo = Upstream.Add("acme/tiny");
        var commit = Publish("{}");
        Daemon.Put(repo, commit, isPublic: true);

        foreach (var target in (string[])[$"/api/models/acme/tiny/revision/{commit}?blobs=true", $"/api/models/acme/tiny/tree/{commit}?recursive=true&expand=false", $"/acme/tiny/resolve/{commit}/config.json", $"/acme/tiny/raw/{commit}/config.json"])
        {
            var answer = await AskAsync(target);
            Assert.Equal((200, "cache"), (answer.Status, answer.From));
        }
        Assert.Equal(0, Asked());
    }

    [Fact]
    public async Task A_list_of_files_is_fetched_once_for_all_who_ask()
    {
        var commit = Publish("{}");

        foreach (var target in (string[])["/api/models/acme/tiny/tree/main", "/api/models/acme/tiny/tree/HEAD", $"/api/models/acme/tiny/tree/{commit}", "/api/models/acme/tiny?blobs=true"])
            Assert.Equal(200, (await AskAsync(target)).Status);

        Assert.Equal(1, Asked("/tree/"));
    }

    [Fact]
    public async Task An_import_is_nobody_elses_to_know()
    {
        var commit = Daemon.Put("lab/model", isPublic: true, ("a.bin", BytesContent.Of("a")));
        var id = RepoId.Parse("lab/model");
        Daemon.Records.Write(Daemon.Records.Read(id, commit)! with { Origin = Core.Store.RepoOrigin.Imported });

        Assert.Equal(200, (await AskAsync("/api/models/lab/model/revision/main")).Status);
        Assert.Equal(commit.Text, (string?)(await AskAsync("/api/models/lab/model/refs")).Json["branches"]![0]!["targetCommit"]);
        Assert.Equal(0, Asked("lab/model/revision"));
    }

    [Fact]
    public async Task Telemetry_goes_nowhere()
    {
        Assert.Equal(200, (await AskAsync(new(HttpMethod.Head, "/api/telemetry/hf_hub/cli"))).Status);
        Assert.Equal("""{"standardEnvVars":[],"harnesses":{}}""", (await AskAsync("/api/agent-harnesses")).Body);
        Assert.Equal(0, Asked());
    }

    [Fact]
    public async Task The_way_of_a_question_goes_along_with_it()
    {
        Publish("{}");

        using var answer = await Daemon.GetAsync(Main, ("X-Hfmc-Via", "node-a, node-b"));

        Assert.StartsWith("node-a, node-b, ", Upstream.Requests[0].Via, StringComparison.Ordinal);
        Assert.Equal(3, Upstream.Requests[0].Via!.Split(',').Length);
    }

    [Fact]
    public async Task What_upstreams_say_of_a_recorded_commit_changes_its_label()
    {
        var repo = Upstream.Add("acme/tiny");
        var commit = Publish("{}");
        Daemon.Put(repo, commit, isPublic: false);

        await AskAsync("/api/models/acme/tiny/tree/main");
        Assert.NotNull(Daemon.Records.Read(repo.Id, commit)!.Public);
        repo.Gated = true;
        _time.Advance(TimeSpan.FromSeconds(11));
        await AskAsync("/api/models/acme/tiny/tree/main");

        Assert.Null(Daemon.Records.Read(repo.Id, commit)!.Public);
    }
}
