using Hfmc.Core.Peers;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

/// <summary>No upstream, and peers that know only some files of a commit.</summary>
public sealed class PartialPeersTests : IAsyncLifetime
{
    static readonly RepoId s_id = RepoId.Parse("acme/big");

    static readonly Caller s_offline = new([], SymlinksOff: false);

    readonly EngineRig _rig = new();
    readonly FakeRepo _repo = new HubContent(TimeProvider.System, lfsThreshold: 1 << 20).Add(s_id.Id);
    TestPeer _one = null!, _two = null!;
    CommitId _commit;

    public async ValueTask InitializeAsync()
    {
        _commit = _repo.Commit(new[] { "a.txt", "b.txt", "c.txt" }.ToDictionary(name => name, FileContent (name) => BytesContent.Of($"in {name}")));
        (_one, _two) = (await TestPeer.StartAsync(EngineRig.Cancelled), await TestPeer.StartAsync(EngineRig.Cancelled));
        _rig.Know(_one, _two);
    }

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Theory(Timeout = 30_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_a_part_names_is_had_and_known_for_a_part(bool byCommit)
    {
        Share(_one, "a.txt", "b.txt");

        var added = await AddAsync(byCommit ? Revision.Parse(_commit.Text) : Revision.Main, "a.txt");

        Assert.Equal((_commit, ListingOrigin.Peers), (added.Commit, added.Origin));
        _rig.AssertComplete(_repo, _commit, "a.txt");
        Assert.Equal(byCommit ? null : _commit, _rig.Folder(s_id).ResolveRef(Revision.Main));
        AssertIsPart("a.txt", "b.txt");
    }

    [Fact(Timeout = 30_000)]
    public async Task A_whole_add_never_takes_a_part_for_all()
    {
        Share(_one, "a.txt", "b.txt");

        var whole = await Assert.ThrowsAsync<OfflineException>(() => _rig.AddAsync(new(s_id, Revision.Main), s_offline));
        var pattern = await Assert.ThrowsAsync<OfflineException>(() => _rig.AddAsync(new(s_id, Revision.Main) { Include = ["a.*"] }, s_offline));

        Assert.Equal(whole.Message, pattern.Message);
        Assert.Contains("only some of its files", whole.Message, StringComparison.Ordinal);
        Assert.Contains("-f", whole.Message, StringComparison.Ordinal);
        Assert.Null(_rig.Records.Read(s_id, _commit));
        Assert.False(_rig.Folder(s_id).HasSnapshot(_commit));
    }

    [Fact(Timeout = 30_000)]
    public async Task A_file_that_no_part_names_is_neither_here_nor_said_to_be_missing()
    {
        Share(_one, "a.txt");

        foreach (var files in (string[][])[["b.txt"], ["a.txt", "b.txt"]])
            Assert.Contains("only some of its files", (await Assert.ThrowsAsync<OfflineException>(() => AddAsync(Revision.Main, files))).Message, StringComparison.Ordinal);

        Assert.Null(_rig.Records.Read(s_id, _commit));
        Assert.False(Directory.Exists(Path.Combine(_rig.Folder(s_id).Root, ".no_exist")));
    }

    [Fact(Timeout = 30_000)]
    public async Task Parts_of_two_peers_add_up()
    {
        Share(_one, "a.txt", "b.txt");
        Share(_two, "b.txt", "c.txt");

        await AddAsync(Revision.Main, "a.txt", "c.txt");

        _rig.AssertComplete(_repo, _commit, "a.txt", "c.txt");
        AssertIsPart("a.txt", "b.txt", "c.txt");
    }

    [Fact(Timeout = 30_000)]
    public async Task What_was_known_of_a_part_stays_known_with_another()
    {
        Share(_one, "a.txt");
        await AddAsync(Revision.Main, "a.txt");
        Share(_one, "c.txt");

        await AddAsync(Revision.Main, "c.txt");

        _rig.AssertComplete(_repo, _commit, "a.txt", "c.txt");
        AssertIsPart("a.txt", "c.txt");
    }

    [Fact(Timeout = 30_000)]
    public async Task Parts_that_contradict_each_other_on_a_file_end_the_add_with_both_names()
    {
        Share(_one, "a.txt", "b.txt");
        Share(_two, "b.txt", "c.txt");
        var honest = _two.Twist;
        _two.Twist = told => honest(told) is var part ? part with { Files = [part.Files[0] with { Size = 99 }, part.Files[1]] } : told;

        var error = await Assert.ThrowsAsync<OfflineException>(() => AddAsync(Revision.Main, "a.txt"));

        Assert.Contains($"{_one.Address}", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{_two.Address}", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_part_does_not_stand_in_the_way_of_the_whole()
    {
        Share(_one, "b.txt");
        _two.Share(_repo, _commit, "main");

        await _rig.AddAsync(new(s_id, Revision.Main), s_offline);

        _rig.AssertComplete(_repo, _commit);
        Assert.False(_rig.Records.Read(s_id, _commit)!.IsPartial);
        Assert.True(File.Exists(_rig.Folder(s_id).TreeFile(_commit)));
    }

    void Share(TestPeer peer, params string[] paths) =>
        peer.Share(_repo, _commit, "main").Twist = told => told with { Partial = true, Files = [.. told.Files.Where(file => paths.Contains(file.Path))] };

    Task<AddResult> AddAsync(Revision revision, params string[] files) =>
        _rig.AddAsync(new(s_id, revision) { Files = [.. files.Select(FilePath.Parse)] }, s_offline);

    void AssertIsPart(params string[] files)
    {
        var record = _rig.Records.Read(s_id, _commit)!;
        Assert.True(record.IsPartial);
        Assert.Equal(files, record.Files.Select(file => file.File.Path.Text));
        Assert.Null(record.Public);
        Assert.False(File.Exists(_rig.Folder(s_id).TreeFile(_commit)));
        var found = new CacheListing(_rig.Cache, _rig.Records).Repos().Single().Revisions.Single().Found;
        Assert.Equal((null, true), (found.Complete, found.IsPartial));
    }
}
