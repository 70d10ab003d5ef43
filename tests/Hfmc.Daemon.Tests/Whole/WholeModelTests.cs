using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Whole;

/// <summary>However a model came, every way out sees the same complete model, for a caller who may see it; for everybody else it does not exist.</summary>
public sealed class WholeModelTests
{
    const string Member = "hf_member", Other = "hf_other";

    public static TheoryData<string> PublicWays => [.. WaysIn.Public.Keys];

    public static TheoryData<string> OtherWays => [.. WaysIn.NotKnownToBePublic.Keys];

    [Theory]
    [MemberData(nameof(PublicWays))]
    public async Task A_public_model_is_whole_online_offline_and_after_a_restart(string way)
    {
        await using var model = await WholeModel.StartAsync();
        await WaysIn.Public[way](model, null);
        await SettleAsync(model);

        await AssertWholeAsync(model, $"{way}, online");
        await model.GoOfflineAsync();
        await AssertWholeAsync(model, $"{way}, offline");
        await model.RestartAsync();
        await AssertWholeAsync(model, $"{way}, restarted");
    }

    [Fact]
    public async Task An_import_is_whole_online_offline_and_after_a_restart()
    {
        await using var model = await WholeModel.StartAsync();
        model.Hub.Content.Remove(model.Repo.Id);
        await ImportAsync(model, isPrivate: false);

        await AssertWholeAsync(model, "import, online", withPeers: false);
        await model.GoOfflineAsync();
        await AssertWholeAsync(model, "import, offline", withPeers: false);
        await model.RestartAsync();
        await AssertWholeAsync(model, "import, restarted", withPeers: false);
    }

    [Fact]
    public async Task A_private_import_is_whole_for_its_owner_and_nothing_to_strangers()
    {
        await using var model = await WholeModel.StartAsync();
        model.Hub.Content.Remove(model.Repo.Id);
        await ImportAsync(model, isPrivate: true);

        await AssertNothingAsync(model, "private import, online", null, Other);
        await model.GoOfflineAsync();
        await AssertNothingAsync(model, "private import, offline", null, Other);
        await model.RestartAsync();
        await AssertNothingAsync(model, "private import, restarted", null, Other);
        await AssertOwnersAsync(model, "private import, restarted");
    }

    [Theory]
    [MemberData(nameof(OtherWays))]
    public async Task What_nobody_has_called_public_is_whole_for_the_owner_and_for_everybody_once_an_upstream_has(string way)
    {
        await using var model = await WholeModel.StartAsync();
        await WaysIn.NotKnownToBePublic[way](model);
        await SettleAsync(model);
        model.Time.Leap(TimeSpan.FromDays(2));

        await AssertNothingAsync(model, $"{way}, offline", null, Other);
        await AssertOwnersAsync(model, $"{way}, offline");
        await model.RestartAsync();
        await AssertOwnersAsync(model, $"{way}, restarted");
        await model.Daemon.SetAsync("hub.offline-restricted", "deny");
        await AssertNothingAsync(model, $"{way}, restarted", null, Other);

        await model.GoOnlineAsync();
        await model.RestartOnlineAsync();
        await AssertWholeAsync(model, $"{way}, online");
        await model.GoOfflineAsync();
        await AssertWholeAsync(model, $"{way}, offline again");
        await model.RestartAsync();
        await AssertWholeAsync(model, $"{way}, restarted again");
    }

    [Theory]
    [MemberData(nameof(PublicWays))]
    public async Task A_private_model_is_whole_for_who_may_read_it_and_nothing_to_all_others(string way)
    {
        await using var model = await WholeModel.StartAsync();
        model.Hub.AddUser(Other, "other");
        model.Repo.Allow(Member).Private = true;
        await WaysIn.Public[way](model, Member);
        await SettleAsync(model);

        await AssertNothingAsync(model, $"{way}, online", null, Other);
        AssertNone(await WrongAsync(model, $"{way}, online", Member, WaysOut.Hub));
        await AssertNothingAsync(model, $"{way}, online", null, Other);
        await model.GoOfflineAsync();
        await AssertNothingAsync(model, $"{way}, offline", null, Other, Member);
        await AssertOwnersAsync(model, $"{way}, offline");
        await model.RestartAsync();
        await AssertOwnersAsync(model, $"{way}, restarted");
        await model.Daemon.SetAsync("hub.offline-restricted", "deny");
        await AssertNothingAsync(model, $"{way}, restarted", null, Other, Member);
    }

    [Theory]
    [InlineData("v1.0", "v1.0")]
    [InlineData("refs%2Fpr%2F1", "refs/pr/1")]
    [InlineData("dev", "dev")]
    public async Task Whatever_name_a_client_asks_by_is_known_offline(string name, string revision)
    {
        await using var model = await WholeModel.StartAsync();
        model.Repo.Tag("v1.0", model.Commit).PullRequest(1, model.Commit).Point("refs/heads/dev", model.Commit);
        await model.AskAsync($"/api/models/{WholeModel.Name}/revision/{name}");
        foreach (var path in WholeModel.Files.Keys)
            await model.AskAsync($"/{WholeModel.Name}/resolve/{model.Commit}/{path}");
        await SettleAsync(model);
        await model.GoOfflineAsync();
        await model.RestartAsync();

        Assert.Equal(System.Net.HttpStatusCode.OK, (await model.AskAsync($"/{WholeModel.Name}/resolve/{name}/config.json")).Status);
        Assert.Equal(WholeModel.Files.Count, (await model.AddAsync(revision, online: false)).Files);
    }

    [Fact]
    public async Task A_commit_that_changes_one_file_is_whole_once_its_files_were_read()
    {
        await using var model = await WholeModel.StartAsync();
        await WaysIn.Public["Python's snapshot_download"](model, null);
        await SettleAsync(model);
        var served = model.Hub.BytesServed();
        model.Commit = model.Repo.Commit(new Dictionary<string, FileContent>(WholeModel.Files) { ["config.json"] = BytesContent.Of("{ }") });
        model.Time.Leap(TimeSpan.FromMinutes(1));
        await model.AskAsync($"/api/models/{WholeModel.Name}/revision/main");

        foreach (var path in WholeModel.Files.Keys)
            await model.AskAsync($"/{WholeModel.Name}/resolve/{model.Commit}/{path}", method: path is "config.json" ? null : HttpMethod.Head);
        await model.GoOfflineAsync();
        await model.RestartAsync();

        Assert.Equal(3, model.Hub.BytesServed() - served);
        Assert.Equal(WholeModel.Files.Count, (await model.AddAsync("main", online: false)).Files);
        Assert.Equal("{ }"u8.ToArray(), (await model.AskAsync($"/{WholeModel.Name}/resolve/main/config.json")).Body);
    }

    [Fact]
    public async Task An_import_is_not_moved_by_what_others_call_by_its_name()
    {
        await using var model = await WholeModel.StartAsync();
        var theirs = model.Commit;
        await ImportAsync(model, isPrivate: true);

        await model.AskAsync($"/{WholeModel.Name}/resolve/main/weights/model.bin");
        await model.AskAsync($"/{WholeModel.Name}/resolve/{theirs}/config.json");

        Assert.Equal(model.Commit, model.Daemon.Cache.Repo(model.Repo.Id).ResolveRef(Revision.Main));
    }

    [Theory]
    [InlineData("read-only")]
    [InlineData("full")]
    public async Task On_a_disk_that_takes_nothing_more_a_model_is_whole_all_the_same(string how)
    {
        using var disk = TestDisk.Mount("64m", Assert.Skip);
        await using var model = await WholeModel.StartAsync(disk.Path);
        await WaysIn.Public["Python's snapshot_download"](model, null);
        await SettleAsync(model);
        disk.TakeNothingMore(how);

        await AssertWholeAsync(model, $"{how}, online");
        await model.GoOfflineAsync();
        await AssertWholeAsync(model, $"{how}, offline");
        await model.RestartAsync();
        await AssertWholeAsync(model, $"{how}, restarted");
    }

    [Theory]
    [InlineData("read-only")]
    [InlineData("full")]
    public async Task What_Python_put_on_a_disk_that_takes_nothing_more_is_whole_once_an_upstream_has_called_it_public(string how)
    {
        using var disk = TestDisk.Mount("64m", Assert.Skip);
        await using var model = await WholeModel.StartAsync(disk.Path);
        await WaysIn.NotKnownToBePublic["Python, with its list of files"](model);
        await model.GoOnlineAsync();
        Directory.Delete(model.Daemon.Cache.StateFolder, recursive: true);
        Directory.Delete(model.Daemon.Cache.PartialFolder, recursive: true);
        disk.TakeNothingMore(how);
        await model.RestartOnlineAsync();

        AssertNone([.. await WrongAsync(model, $"Python, {how}, online", null, WaysOut.Hub), .. await WrongAsync(model, $"Python, {how}, online")]);
        await model.GoOfflineAsync();
        await AssertOwnersAsync(model, $"Python, {how}, offline");
    }

    // Links of empty files, records and lists are written a moment after the bytes.
    static async Task SettleAsync(WholeModel model)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(WholeModel.Cancelled);
        patience.CancelAfter(TimeSpan.FromSeconds(10));
        while (!patience.IsCancellationRequested && !IsSettled(model))
            await Task.Delay(20, WholeModel.Cancelled);
    }

    static bool IsSettled(WholeModel model)
    {
        var folder = model.Daemon.Cache.Repo(model.Repo.Id);
        return model.Repo.Find("main")!.Files.All(file => folder.FindFile(model.Commit, file.Path) is not null)
            && (model.Daemon.Records.Read(model.Repo.Id, model.Commit) is { } record ? record.Files.All(file => file.Ours) && File.Exists(folder.TreeFile(model.Commit)) : model.IsForeign);
    }

    static async Task ImportAsync(WholeModel model, bool isPrivate)
    {
        using var folder = new TempFolder();
        foreach (var (path, content) in WholeModel.Files)
        {
            var file = Path.Combine(folder.Path, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(file, content.ToArray(), WholeModel.Cancelled);
        }
        await using var engine = new ModelEngine(model.Daemon.Cache, lan: null, TimeProvider.System, "test");
        var import = new ModelImport(engine, new([], SymlinksOff: false), new(folder.Path, model.Repo.Id, Revision.Main) { Private = isPrivate }, _ => { }, _ => { });
        model.Commit = (await import.RunAsync(WholeModel.Cancelled)).Snapshot.Commit;
    }

    static async Task AssertWholeAsync(WholeModel model, string cell, bool withPeers = true) =>
        AssertNone([.. await WrongAsync(model, cell, null, [.. WaysOut.Hub, .. withPeers ? WaysOut.Peer : []]), .. await WrongAsync(model, cell)]);

    static void AssertNone(IReadOnlyCollection<string> cells) => Assert.True(cells.Count is 0, string.Join('\n', cells));

    // To its own machine the daemon shows it when the owner has said so; peers see nothing all the same.
    static async Task AssertOwnersAsync(WholeModel model, string cell)
    {
        await model.Daemon.SetAsync("hub.offline-restricted", "allow");
        AssertNone([.. await WrongAsync(model, $"{cell}, allowed", null, WaysOut.Hub), .. await WrongAsync(model, cell)]);
        await AssertPeersSeeNothingAsync(model, cell);
        await model.Daemon.SetAsync("hub.offline-restricted", "deny");
    }

    static async Task AssertNothingAsync(WholeModel model, string cell, params string?[] tokens)
    {
        var seen = new List<string>();
        foreach (var token in tokens)
            foreach (var (name, look) in WaysOut.Hub)
                if (await look(model, token) is var wrong && (wrong is null || !wrong.Contains("401", StringComparison.Ordinal) && !wrong.Contains("404", StringComparison.Ordinal)))
                    seen.Add($"{cell}: {name} as {token ?? "a stranger"} shows {wrong ?? "all"}");
        AssertNone(seen);
        await AssertPeersSeeNothingAsync(model, cell);
    }

    static async Task AssertPeersSeeNothingAsync(WholeModel model, string cell)
    {
        foreach (var (name, look) in WaysOut.Peer)
            Assert.True(await look(model, null) is { } wrong && wrong.Contains("404", StringComparison.Ordinal), $"{cell}: {name} shows it");
    }

    static async Task<List<string>> WrongAsync(
        WholeModel model, string cell, string? token, IEnumerable<(string Name, Func<WholeModel, string?, Task<string?>> Look)> ways)
    {
        var wrong = new List<string>();
        foreach (var (name, look) in ways)
            if (await look(model, token) is { } found)
                wrong.Add($"{cell}: {name}: {found}");
        return wrong;
    }

    static async Task<List<string>> WrongAsync(WholeModel model, string cell)
    {
        var wrong = new List<string>();
        foreach (var (name, look) in WaysOut.Commands)
            if (await look(model) is { } found)
                wrong.Add($"{cell}: {name}: {found}");
        return wrong;
    }
}
