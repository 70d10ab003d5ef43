using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

/// <summary>Repos with files whose names cannot be kept: the others are added, and the snapshot is complete without them.</summary>
public sealed class OddNamesTests : IAsyncLifetime
{
    const string Backslash = @"folder\old.txt", Control = "line\nbreak.txt", Up = "../outside.txt";

    static readonly RepoId s_repo = RepoId.Parse("acme/odd");

    readonly EngineRig _rig = new();
    FakeHub _hub = null!;
    FakeRepo _repo = null!;
    CommitId _commit;

    public async ValueTask InitializeAsync()
    {
        _hub = await FakeHub.StartAsync(cancellationToken: EngineRig.Cancelled);
        _repo = _hub.Add(s_repo.Id);
        _commit = _repo.Commit(new Dictionary<string, byte[]> { ["config.json"] = "{}"u8.ToArray(), ["at 12:30|x.txt"] = [1], [Backslash] = [2], [Control] = [3], [Up] = [4] });
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _hub.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task They_are_skipped_with_one_warning_and_the_others_kept()
    {
        var added = await _rig.AddAsync(new(s_repo, Revision.Main), _hub);

        Assert.Equal([Up, Backslash, Control], AddOutcome.Of(added, _rig.Progress, withPlan: false).Skipped);
        Assert.Contains(@"'folder\\old.txt'", Assert.Single(_rig.Progress.Warnings), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', _rig.Progress.Warnings.Single());
        _rig.AssertComplete(_repo, _commit, "at 12:30|x.txt", "config.json");
    }

    [Fact(Timeout = 120_000)]
    public async Task What_was_added_is_complete_without_them_when_nobody_answers()
    {
        await _rig.AddAsync(new(s_repo, Revision.Main), _hub);

        var again = await _rig.AddAsync(new(s_repo, Revision.Main), new Caller([], SymlinksOff: false), _rig.NewEngine());

        Assert.Equal((ListingOrigin.Cache, 0, 3), (again.Origin, again.Plan.Missing.Count, again.Plan.Skipped.Count));
    }

    [Fact(Timeout = 120_000)]
    public async Task Those_that_were_not_asked_for_are_no_matter()
    {
        var added = await _rig.AddAsync(new(s_repo, Revision.Main) { Include = ["*.json"] }, _hub);

        Assert.Empty(added.Plan.Skipped);
        Assert.Empty(_rig.Progress.Warnings);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_repo_of_nothing_else_is_added_as_an_empty_one()
    {
        _repo.Commit(new Dictionary<string, byte[]> { [Backslash] = [2] });

        var added = await _rig.AddAsync(new(s_repo, Revision.Main), _hub);

        Assert.Empty(added.Plan.Wanted);
        Assert.Equal([Backslash], added.Plan.Skipped);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_list_of_Pythons_that_has_them_is_a_list_without_them()
    {
        await _rig.AddAsync(new(s_repo, Revision.Main), _hub);
        var tree = _rig.Folder(s_repo).TreeFile(_commit);
        File.WriteAllText(tree, File.ReadAllText(tree).Replace("\"config.json\":", @"""a\\b"": {""blob_id"": ""0123456789012345678901234567890123456789"", ""size"": 1}, ""config.json"":", StringComparison.Ordinal));
        _rig.Records.Delete(s_repo, _commit);

        var again = await _rig.AddAsync(new(s_repo, Revision.Main), new Caller([], SymlinksOff: false));

        Assert.Equal((ListingOrigin.Cache, 2), (again.Origin, again.Plan.Wanted.Count));
    }
}
