using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

/// <summary>One file of a repo whose list has many pages, and what the cache says of the others afterwards.</summary>
public sealed class BigRepoTests : IAsyncLifetime
{
    const int Files = 1500;

    static readonly RepoId s_repo = RepoId.Parse("datasets/acme/big");

    readonly EngineRig _rig = new();
    FakeHub _hub = null!;
    FakeRepo _repo = null!;
    CommitId _commit;

    public async ValueTask InitializeAsync() => _hub = await HubAsync(new() { PageSize = 100 });

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _hub.DisposeAsync();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(HubStyle.Direct)]
    [InlineData(HubStyle.Official)]
    public async Task One_file_costs_three_questions(HubStyle style)
    {
        await using var hub = await HubAsync(new() { PageSize = 100, Style = style });

        var added = await AddAsync(hub, Path(7));

        // A redirect to another place of the same upstream is no question of its own.
        Assert.InRange(hub.Requests.Count(request => request.Side is HubSide.Hub && !request.Target.Contains("resolve-cache", StringComparison.Ordinal)), 1, 3);
        Assert.Equal([Path(7)], added.Plan.Wanted.Select(file => file.Path.Text));
        _rig.AssertComplete(_repo, _commit, Path(7));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_file_that_is_not_there_is_told_after_two_questions()
    {
        var error = await Assert.ThrowsAsync<NotFoundException>(() => AddAsync(_hub, "none.bin"));

        Assert.Contains("has no file none.bin", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, _hub.Requests.Count);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_known_of_some_files_is_never_taken_for_the_whole_list()
    {
        await AddAsync(_hub, Path(7));
        await AddAsync(_hub, Path(8));
        var record = _rig.Records.Read(s_repo, _commit)!;

        Assert.True(record.IsPartial);
        Assert.Equal([Path(7), Path(8)], record.Files.Select(file => file.File.Path.Text));
        Assert.All(record.Files, file => Assert.True(file.Ours));
        Assert.False(File.Exists(_rig.Folder(s_repo).TreeFile(_commit)));
        Assert.Null(new CacheListing(_rig.Cache, _rig.Records).Repos().Single().Revisions.Single().Found.Complete);
        var nobody = new Caller([], SymlinksOff: false);
        await Assert.ThrowsAsync<OfflineException>(() => _rig.AddAsync(new(s_repo, Revision.Main), nobody));
        await Assert.ThrowsAsync<OfflineException>(() => _rig.AddAsync(new(s_repo, Revision.Main) { Files = [FilePath.Parse(Path(9))] }, nobody));
        Assert.Equal(ListingOrigin.Cache, (await _rig.AddAsync(new(s_repo, Revision.Main) { Files = [FilePath.Parse(Path(8))] }, nobody)).Origin);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_whole_list_takes_the_place_of_a_part_and_a_part_never_that_of_the_whole()
    {
        await AddAsync(_hub, Path(7));
        await _rig.AddAsync(new(s_repo, Revision.Main) { Include = [Path(8)] }, _hub);
        await AddAsync(_hub, Path(9));
        var record = _rig.Records.Read(s_repo, _commit)!;

        Assert.False(record.IsPartial);
        Assert.Equal(Files, record.Files.Count);
        Assert.Equal([Path(7), Path(8), Path(9)], record.Files.Where(file => file.Ours).Select(file => file.File.Path.Text));
        Assert.True(File.Exists(_rig.Folder(s_repo).TreeFile(_commit)));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(LackStyle.NotFoundPage, HubParts.PathsInfo)]
    [InlineData(LackStyle.NotFoundJson, HubParts.PathsInfo | HubParts.Head)]
    [InlineData(LackStyle.MethodNotAllowed, HubParts.PathsInfo | HubParts.Length)]
    [InlineData(LackStyle.NotImplemented, HubParts.PathsInfo | HubParts.Tree | HubParts.Siblings)]
    [InlineData(LackStyle.Page, HubParts.PathsInfo | HubParts.Tree)]
    public async Task Without_a_question_for_names_the_files_own_headers_are_asked(LackStyle style, HubParts lacks)
    {
        await using var hub = await HubAsync(new() { PageSize = 100, Lacks = lacks, LacksWith = style, Style = HubStyle.Direct });

        await AddAsync(hub, Path(7));

        Assert.DoesNotContain(hub.Requests, request => request.Target.Contains("/tree/", StringComparison.Ordinal));
        _rig.AssertComplete(_repo, _commit, Path(7));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("gzip")]
    [InlineData(null)]
    public async Task Headers_of_a_packed_answer_tell_the_id_and_a_byte_tells_the_size(string? coding)
    {
        await using var hub = await HubAsync(new() { PageSize = 100, Lacks = HubParts.PathsInfo, Style = HubStyle.Direct });
        hub.Faults.Add(new Fault(FaultKind.SuffixedETag));
        if (coding is not null)
            hub.Faults.Add(new Fault(FaultKind.Packed) { Header = coding, Method = "HEAD" });

        await AddAsync(hub, Path(7));

        _rig.AssertComplete(_repo, _commit, Path(7));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_list_that_breaks_off_goes_on_where_it_stopped()
    {
        _hub.Faults.Add(new Fault(FaultKind.Unavailable) { Path = "/api/datasets/acme/big/tree", After = 9, Times = 2 });

        await _rig.AddAsync(new(s_repo, Revision.Main) { Include = [Path(8)] }, _hub);

        Assert.Equal(15 + 2, _hub.Requests.Count(request => request.Target.Contains("/tree/", StringComparison.Ordinal)));
    }

    [Fact(Timeout = 120_000)]
    public async Task Files_come_before_the_list_has_ended_and_are_counted_once()
    {
        var hang = _hub.Faults.Add(new Fault(FaultKind.HangAfter) { Path = "/api/datasets/acme/big/tree", After = 3, Times = 1 });

        // The fourth page waits until files of the first have come.
        var adding = _rig.AddAsync(new(s_repo, Revision.Main), _hub);
        await _hub.WaitAsync(hub => hub.BytesServed() >= 4 * 100, EngineRig.Cancelled);
        hang.Release();
        var added = await adding;

        _rig.AssertComplete(_repo, _commit);
        Assert.Equal(4 * Files, _hub.BytesServed());
        Assert.Equal(4 * Files, _rig.Progress.From(SourceKind.Hub));
        Assert.Equal((0, 0), (_rig.Progress.From(SourceKind.Disk), added.Plan.Wanted.Count - Files));
        var record = _rig.Records.Read(s_repo, _commit)!;
        Assert.False(record.IsPartial);
        Assert.All(record.Files, file => Assert.True(file.Ours));
    }

    [Fact(Timeout = 120_000)]
    public async Task Of_a_list_that_never_ends_what_came_is_kept_and_known_for_a_part()
    {
        _hub.Faults.Add(new Fault(FaultKind.HangAfter) { Path = "/api/datasets/acme/big/tree", After = 3 });
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(EngineRig.Cancelled);

        var adding = _rig.AddAsync(new(s_repo, Revision.Main), new Caller([EngineRig.UpstreamOf(_hub)], SymlinksOff: false), cancellationToken: cancel.Token);
        await _hub.WaitAsync(hub => hub.BytesServed() >= 4 * 50, EngineRig.Cancelled);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => adding);

        Assert.True(_rig.Records.Read(s_repo, _commit)!.IsPartial);
        Assert.NotEmpty(Directory.EnumerateFiles(_rig.Folder(s_repo).SnapshotFolder(_commit)));
    }

    Task<AddResult> AddAsync(FakeHub hub, string path) => _rig.AddAsync(new(s_repo, Revision.Main) { Files = [FilePath.Parse(path)] }, hub);

    async Task<FakeHub> HubAsync(FakeHubOptions options)
    {
        var hub = await FakeHub.StartAsync(options, EngineRig.Cancelled);
        _repo = hub.Add(s_repo.Id, RepoType.Dataset);
        _commit = _repo.Commit(Enumerable.Range(0, Files).ToDictionary(Path, number => BitConverter.GetBytes(number)));
        return hub;
    }

    static string Path(int number) => $"part-{number:D4}.bin";
}
