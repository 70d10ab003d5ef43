using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

/// <summary>Upstreams that do not have all of the Hub's API.</summary>
public sealed class LackingHubTests : IAsyncDisposable
{
    static readonly RepoId s_repo = RepoId.Parse("acme/tiny");

    readonly EngineRig _rig = new();
    readonly List<FakeHub> _hubs = [];
    FakeRepo _repo = null!;
    CommitId _commit;

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        foreach (var hub in _hubs)
            await hub.DisposeAsync();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(LackStyle.NotFoundPage)]
    [InlineData(LackStyle.NotFoundJson)]
    [InlineData(LackStyle.MethodNotAllowed)]
    [InlineData(LackStyle.NotImplemented)]
    [InlineData(LackStyle.Page)]
    public async Task Without_a_tree_the_answer_about_the_repo_names_the_files(LackStyle style)
    {
        var hub = await HubAsync(HubParts.Tree, style);

        await _rig.AddAsync(new(s_repo, Revision.Main), hub);

        _rig.AssertComplete(_repo, _commit);
        Assert.False(_rig.Records.Read(s_repo, _commit)!.IsPartial);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(HubParts.None)]
    [InlineData(HubParts.Head)]
    [InlineData(HubParts.Length)]
    public async Task Where_it_names_them_without_sizes_their_own_headers_are_asked(HubParts more)
    {
        var hub = await HubAsync(HubParts.Tree | HubParts.SiblingBlobs | more, LackStyle.NotFoundPage);

        await _rig.AddAsync(new(s_repo, Revision.Main), hub);

        _rig.AssertComplete(_repo, _commit);
    }

    [Fact(Timeout = 120_000)]
    public async Task One_that_names_no_files_says_so_and_the_next_upstream_is_asked()
    {
        var (lacking, whole) = (await HubAsync(HubParts.Tree | HubParts.Siblings, LackStyle.NotFoundPage), await HubAsync(HubParts.None, default));

        var error = await Assert.ThrowsAsync<OfflineException>(() => _rig.AddAsync(new(s_repo, Revision.Main), lacking));
        await _rig.AddAsync(new(s_repo, Revision.Main), lacking, whole);

        Assert.Contains("it has no tree API, and no list of files", error.Message, StringComparison.Ordinal);
        _rig.AssertComplete(_repo, _commit);
    }

    [Fact(Timeout = 120_000)]
    public async Task Too_many_files_without_sizes_are_not_asked_one_by_one_but_those_that_are_named()
    {
        var hub = await HubAsync(HubParts.Tree | HubParts.SiblingBlobs | HubParts.PathsInfo, LackStyle.NotFoundPage);
        _commit = _repo.Commit(Enumerable.Range(0, 100).ToDictionary(number => $"{number:D3}", number => (byte[])[(byte)number]));

        var error = await Assert.ThrowsAsync<OfflineException>(() => _rig.AddAsync(new(s_repo, Revision.Main), hub));
        await _rig.AddAsync(new(s_repo, Revision.Main) { Files = [FilePath.Parse("042")] }, hub);

        Assert.Contains("without the sizes and ids of 100 files", error.Message, StringComparison.Ordinal);
        _rig.AssertComplete(_repo, _commit, "042");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_page_that_is_not_found_is_not_the_word_that_there_is_no_such_repo()
    {
        var hub = await HubAsync(HubParts.Info, LackStyle.NotFoundPage);

        var error = await Assert.ThrowsAsync<OfflineException>(() => _rig.AddAsync(new(s_repo, Revision.Main), hub));

        Assert.Contains("404 with a page", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task That_there_is_no_such_repo_is_believed_of_an_upstream_without_a_tree_too()
    {
        var hub = await HubAsync(HubParts.Tree, LackStyle.NotFoundPage);

        await Assert.ThrowsAsync<NotFoundException>(() => _rig.AddAsync(new(RepoId.Parse("acme/none"), Revision.Main), hub));
    }

    async Task<FakeHub> HubAsync(HubParts lacks, LackStyle style)
    {
        var hub = await FakeHub.StartAsync(new() { Lacks = lacks, LacksWith = style, LfsThreshold = 1000 }, EngineRig.Cancelled);
        _hubs.Add(hub);
        _repo = hub.Add(s_repo.Id);
        _commit = _repo.Commit(new Dictionary<string, FileContent> { ["config.json"] = BytesContent.Of("{}"), ["in/model.bin"] = new PatternContent(5000), ["empty"] = BytesContent.Of("") });
        return hub;
    }
}
