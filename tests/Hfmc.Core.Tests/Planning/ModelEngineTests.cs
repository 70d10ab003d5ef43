using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

/// <summary>Whole adds in this process: a hub, a cache, and what lies in it afterwards.</summary>
public sealed partial class ModelEngineTests : IAsyncLifetime
{
    const int BigSize = (3 << 20) + 77;

    static readonly RepoId Repo = RepoId.Parse("acme/tiny");
    static readonly PatternContent Big = new(BigSize, seed: 31);

    readonly EngineRig _rig = new();
    FakeHub _hub = null!;
    FakeRepo _repo = null!;
    CommitId _commit;

    static CancellationToken Cancelled => EngineRig.Cancelled;

    static AddRequest All => new(Repo, Revision.Main) { Patience = TimeSpan.FromSeconds(60) };

    Caller Online => new([EngineRig.UpstreamOf(_hub)], SymlinksOff: false);

    static Caller Offline => new([], SymlinksOff: false);

    public async ValueTask InitializeAsync()
    {
        _hub = await FakeHub.StartAsync(null, Cancelled);
        _repo = _hub.Add(Repo.Id);
        _commit = _repo.Commit(new Dictionary<string, FileContent>
        {
            ["config.json"] = BytesContent.Of("{}"),
            ["weights/model.bin"] = Big,
            ["weights/empty"] = BytesContent.Of(""),
            ["copy/config.json"] = BytesContent.Of("{}"),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _hub.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_public_repo_is_laid_out_as_Python_does_and_recorded_as_public()
    {
        var result = await _rig.AddAsync(All, _hub);

        _rig.AssertComplete(_repo, _commit);
        var folder = _rig.Folder(Repo);
        Assert.Equal((_commit, ListingOrigin.Upstream, folder.SnapshotFolder(_commit)), (result.Commit, result.Origin, result.Path));
        Assert.Equal(_commit.Text, File.ReadAllText(folder.RefFile(Revision.Main)));
        Assert.Equal($"../../../blobs/{Big.Sha256}", new FileInfo(Path.Combine(folder.SnapshotFolder(_commit), "weights/model.bin")).LinkTarget);
        Assert.Equal(3, Directory.GetFiles(folder.BlobsFolder).Length);
        Assert.Equal(4, TreeListing.Read(folder.TreeFile(_commit))!.Count);
        var record = _rig.Records.Read(Repo, _commit)!;
        Assert.InRange(record.Public!.Value, _rig.Time.GetUtcNow() - TimeSpan.FromMinutes(10), _rig.Time.GetUtcNow());
        Assert.All(record.Files, file => Assert.True(file.Ours));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_here_is_not_fetched_again()
    {
        await _rig.AddAsync(All, _hub);
        await ForgetAsync();

        var again = await _rig.AddAsync(All, _hub);

        Assert.Empty(again.Plan.Missing);
        Assert.Equal(0, _hub.BytesServed());
        Assert.Equal(again.Plan.Bytes, _rig.Progress.From(SourceKind.Disk));
    }

    [Fact(Timeout = 120_000)]
    public async Task Force_fetches_again()
    {
        await _rig.AddAsync(All, _hub);
        await ForgetAsync();

        await _rig.AddAsync(All with { Force = true }, _hub);

        await _hub.WaitAsync(hub => hub.BytesServed() >= BigSize + 2, Cancelled);
        _rig.AssertComplete(_repo, _commit);
    }

    [Fact(Timeout = 120_000)]
    public async Task One_file_is_one_file_and_its_path_is_the_result()
    {
        var result = await _rig.AddAsync(All with { Files = [FilePath.Parse("weights/model.bin")] }, _hub);

        Assert.Equal(Path.Combine(_rig.Folder(Repo).SnapshotFolder(_commit), "weights/model.bin"), result.Path);
        _rig.AssertComplete(_repo, _commit, "weights/model.bin");
    }

    [Fact(Timeout = 120_000)]
    public async Task An_unknown_file_is_named_with_what_is_like_it()
    {
        var error = await Assert.ThrowsAsync<NotFoundException>(() => _rig.AddAsync(All with { Files = [FilePath.Parse("model.bin")] }, _hub));

        Assert.Contains("weights/model.bin", error.Message);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("*.json", null, new[] { "config.json", "copy/config.json" })]
    [InlineData("weights/", null, new[] { "weights/empty", "weights/model.bin" })]
    [InlineData(null, "w*", new[] { "config.json", "copy/config.json" })]
    [InlineData("*", "*.*", new[] { "weights/empty" })]
    public async Task Patterns_choose_files(string? include, string? exclude, string[] expected)
    {
        await _rig.AddAsync(All with { Include = include is null ? [] : [include], Exclude = exclude is null ? [] : [exclude] }, _hub);

        _rig.AssertComplete(_repo, _commit, expected);
    }

    [Fact(Timeout = 120_000)]
    public async Task Patterns_that_fit_nothing_are_an_error() =>
        await Assert.ThrowsAsync<NotFoundException>(() => _rig.AddAsync(All with { Include = ["*.onnx"] }, _hub));

    [Theory(Timeout = 120_000)]
    [InlineData("dev")]
    [InlineData("v1.0")]
    [InlineData("refs/pr/1")]
    public async Task A_named_revision_gets_a_ref(string name)
    {
        var other = _repo.Commit(new Dictionary<string, FileContent> { ["a.txt"] = BytesContent.Of("other") }, "dev");
        _repo.Tag("v1.0", other).PullRequest(1, other);

        var result = await _rig.AddAsync(All with { Revision = Revision.Parse(name) }, _hub);

        Assert.Equal(other, result.Commit);
        Assert.Equal(other.Text, File.ReadAllText(_rig.Folder(Repo).RefFile(Revision.Parse(name))));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_commit_needs_no_ref_and_once_it_is_here_no_question_either()
    {
        await _rig.AddAsync(All with { Revision = Revision.Parse(_commit.Text) }, _hub);
        Assert.False(Directory.Exists(_rig.Folder(Repo).RefsFolder));
        _hub.ForgetRequests();

        var again = await _rig.AddAsync(All with { Revision = Revision.Parse(_commit.Short) }, _hub);

        Assert.Equal((_commit, ListingOrigin.Cache), (again.Commit, again.Origin));
        Assert.Empty(_hub.Requests);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_empty_repo_leaves_a_snapshot_folder_and_a_ref()
    {
        var commit = _hub.Add("acme/empty").Commit(new Dictionary<string, byte[]>());

        await _rig.AddAsync(new(RepoId.Parse("acme/empty"), Revision.Main), _hub);

        Assert.Equal([commit], _rig.Folder(RepoId.Parse("acme/empty")).Commits());
        Assert.Equal(commit, _rig.Folder(RepoId.Parse("acme/empty")).ResolveRef(Revision.Main));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("acme/absent", "main")]
    [InlineData("acme/tiny", "absent")]
    public async Task An_unknown_repo_or_revision_leaves_nothing(string repo, string revision)
    {
        await Assert.ThrowsAsync<NotFoundException>(() => _rig.AddAsync(new(RepoId.Parse(repo), Revision.Parse(revision)), _hub));

        Assert.Empty(_rig.Cache.Repos());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_blob_that_another_repo_has_is_taken_from_disk()
    {
        await _rig.AddAsync(All, _hub);
        var other = _hub.Add("acme/other");
        var commit = other.Commit(new Dictionary<string, FileContent> { ["same.bin"] = Big, ["config.json"] = BytesContent.Of("{}") });
        await ForgetAsync();

        await _rig.AddAsync(new(other.Id, Revision.Main), _hub);

        Assert.Equal(0, _hub.BytesServed());
        Assert.Equal(BigSize + 2, _rig.Progress.From(SourceKind.Disk));
        _rig.AssertComplete(other, commit);
    }

    [Fact(Timeout = 120_000)]
    public async Task Wrong_bytes_in_a_complete_snapshot_are_replaced_even_when_a_commit_is_asked_for()
    {
        await PutAsPythonDoesAsync();
        File.WriteAllBytes(_rig.Folder(Repo).BlobFile(Big.Sha256), new byte[BigSize]);

        await _rig.AddAsync(All with { Revision = Revision.Parse(_commit.Text) }, _hub);

        _rig.AssertComplete(_repo, _commit);
    }

    [Fact(Timeout = 120_000)]
    public async Task Offline_a_model_that_is_here_is_a_success()
    {
        await _rig.AddAsync(All, _hub);

        var result = await _rig.AddAsync(All, Offline);

        Assert.Equal((_commit, ListingOrigin.Cache), (result.Commit, result.Origin));
        Assert.Empty(_rig.Progress.Warnings);
        Assert.NotNull(_rig.Records.Read(Repo, _commit)!.Public);
    }

    [Fact(Timeout = 120_000)]
    public async Task With_an_upstream_that_is_away_a_model_that_is_here_comes_with_one_line_that_says_how_old_it_is()
    {
        await _rig.AddAsync(All, _hub);
        await _hub.StopAsync();

        var result = await _rig.AddAsync(All, _hub);

        Assert.Equal((_commit, ListingOrigin.Cache), (result.Commit, result.Origin));
        Assert.InRange(result.Age!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        var line = Assert.Single(_rig.Progress.Warnings);
        foreach (var part in (string[])[_hub.Endpoint.Authority, "is not reached", "as it is here, seen "])
            Assert.Contains(part, line, StringComparison.Ordinal);
        Assert.Equal(result.Age.Value.TotalSeconds, AddOutcome.Of(result, _rig.Progress, withPlan: false).RefAgeS!.Value, 1.0);
    }

    [Fact(Timeout = 120_000)]
    public async Task Offline_a_model_that_is_not_here_in_whole_is_an_error()
    {
        await _rig.AddAsync(All with { Include = ["*.json"] }, _hub);

        await Assert.ThrowsAsync<OfflineException>(() => _rig.AddAsync(All, Offline));
    }

    // The hub's counter lags behind the last byte.
    async Task ForgetAsync()
    {
        await _hub.WaitAsync(hub => hub.BytesServed() >= BigSize + 2, Cancelled);
        _hub.ForgetRequests();
    }

    async Task HeldAsync(long bytes)
    {
        while (_rig.Progress.Blobs.Sum(entry => entry.Blob.Held) < bytes)
            await Task.Delay(TimeSpan.FromMilliseconds(50), _rig.Time, Cancelled);
    }

    // The same layout, with nothing of hfmc's own beside it.
    async Task PutAsPythonDoesAsync()
    {
        await _rig.AddAsync(All, _hub);
        _rig.Records.Delete(Repo, _commit);
    }
}
