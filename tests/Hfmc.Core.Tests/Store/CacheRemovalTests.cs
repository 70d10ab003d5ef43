using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Xunit;
using static Hfmc.Core.Tests.Store.CacheFixture;

namespace Hfmc.Core.Tests.Store;

public sealed partial class CacheRemovalTests : IDisposable
{
    static readonly CommitId A = Commit('a'), B = Commit('b');

    readonly CacheFixture _cache = new();

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task A_revision_goes_with_its_refs_hints_record_and_own_blobs()
    {
        _cache.Add(A, "sub/a", "only a", "main");
        _cache.Add(B, "b", "only b", "dev");
        _cache.Writer.WriteRef(Revision.Parse("refs/pr/1"), A);
        _cache.Writer.MarkNoExist(A, At("added.json"));
        _cache.PutTree(A, Listed("sub/a", "only a"));
        _cache.PutRecord(A, new RecordedFile(Listed("sub/a", "only a"), Ours: true));

        var outcome = await _cache.Remove("main");

        Assert.Equal(6, outcome.Bytes);
        Assert.Equal([B], _cache.Folder.Commits());
        Assert.Equal(["dev"], _cache.Folder.Refs().Select(known => known.Revision.Text));
        Assert.Equal([Sha256Of("only b").Text], Directory.GetFiles(_cache.Folder.BlobsFolder).Select(Path.GetFileName));
        Assert.False(File.Exists(_cache.Folder.TreeFile(A)));
        Assert.False(_cache.Folder.IsKnownMissing(A, At("added.json")));
        Assert.Null(_cache.Records.Read(Repo, A));
        Assert.Empty(_cache.Complaints());
    }

    [Fact]
    public async Task A_blob_that_another_revision_uses_under_another_name_stays()
    {
        _cache.Add(A, "a", "shared", "main");
        var other = _cache.Add(B, "deep/er/b", "shared");

        var plan = _cache.Removal.Plan(Repo, Revision.Main, null);
        var outcome = await _cache.Remove("main");

        Assert.Empty(plan.Blobs);
        Assert.Equal(0, outcome.Bytes);
        Assert.Equal("shared", File.ReadAllText(other));
    }

    [Fact]
    public async Task A_blob_that_another_file_of_the_revision_uses_stays()
    {
        _cache.Add(A, "a", "shared", "main");
        var other = _cache.Add(A, "b", "shared");

        await _cache.Remove("main", "a");

        Assert.Equal("shared", File.ReadAllText(other));
        Assert.Equal([A], _cache.Folder.Commits());
    }

    [Fact]
    public async Task A_blob_that_a_folder_with_a_foreign_name_links_to_stays()
    {
        _cache.Add(A, "a", "shared", "main");
        _cache.Add(B, "a", "x");
        var foreign = Directory.CreateDirectory(Path.Combine(_cache.Folder.SnapshotsFolder, "not-a-commit")).FullName;
        File.CreateSymbolicLink(Path.Combine(foreign, "f"), _cache.Folder.BlobFile(Sha256Of("shared")));

        await _cache.Remove("main");
        await _cache.Remove(B.Text);

        Assert.Equal("shared", File.ReadAllText(Path.Combine(foreign, "f")));
        Assert.True(Directory.Exists(_cache.Folder.Root));
    }

    [Fact]
    public async Task The_last_revision_takes_the_repo_along()
    {
        _cache.Add(A, "a", "x", "main");
        _cache.PutBlob("orphan");

        await _cache.Remove("main");

        Assert.False(Directory.Exists(_cache.Folder.Root));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_cache.Cache.StateFolder, "removed")));
    }

    [Fact]
    public async Task A_repo_goes_as_a_whole_whatever_lies_in_it()
    {
        _cache.Add(A, "a", "x", "main");
        _cache.Add(B, "b", "yy", "dev");
        File.WriteAllText(_cache.Folder.RefFile(Revision.Parse("dangling")), Commit('c').Text);
        File.WriteAllText(Path.Combine(_cache.Folder.BlobsFolder, "whatever.incomplete"), "12345");
        _cache.PutRecord(A);

        var plan = _cache.Removal.Plan(Repo, null, null);
        await _cache.Remove();

        Assert.True(plan.WholeRepo);
        Assert.Equal([A, B], plan.Commits);
        Assert.Equal(["dangling", "dev", "main"], plan.Refs.Select(revision => revision.Text));
        Assert.False(Directory.Exists(_cache.Folder.Root));
        Assert.Empty(_cache.Records.All());
    }

    [Fact]
    public async Task A_file_goes_with_its_emptied_folders_and_its_blob()
    {
        _cache.Add(A, "a", "x", "main");
        _cache.Add(A, "sub/deep/b", "yy");

        var outcome = await _cache.Remove("main", "sub/deep/b");

        Assert.Equal(2, outcome.Bytes);
        Assert.Equal(["a"], Directory.GetFileSystemEntries(_cache.Folder.SnapshotFolder(A)).Select(Path.GetFileName));
        Assert.Equal(A, _cache.Folder.ResolveRef(Revision.Main));
    }

    [Fact]
    public async Task A_file_without_a_revision_goes_from_all()
    {
        _cache.Add(A, "a", "x", "main");
        _cache.Add(B, "a", "x", "dev");
        _cache.Add(B, "b", "y");

        await _cache.Remove(file: "a");

        Assert.Equal([B], _cache.Folder.Commits());
        Assert.Equal([Sha256Of("y").Text], Directory.GetFiles(_cache.Folder.BlobsFolder).Select(Path.GetFileName));
        Assert.Empty(_cache.Complaints());
    }

    [Fact]
    public async Task A_removed_file_is_no_longer_recorded_as_ours()
    {
        _cache.Add(A, "a", "x", "main");
        _cache.Add(A, "b", "y");
        _cache.PutRecord(A, new RecordedFile(Listed("a", "x"), Ours: true), new RecordedFile(Listed("b", "y"), Ours: true));

        await _cache.Remove("main", "a");

        Assert.Equal([false, true], _cache.Records.Read(Repo, A)!.Files.Select(file => file.Ours));
    }

    [Fact]
    public async Task Regular_files_are_counted_and_removed()
    {
        Directory.CreateDirectory(_cache.Folder.SnapshotFolder(A));
        File.WriteAllText(Path.Combine(_cache.Folder.SnapshotFolder(A), "a"), "123");
        _cache.Add(B, "b", "x");

        Assert.Equal(3, _cache.Removal.Plan(Repo, Revision.Parse(A.Text), null).Bytes);
        Assert.Equal(3, (await _cache.Remove(A.Text)).Bytes);
    }

    [Fact]
    public async Task A_blob_whose_lock_another_program_holds_is_left_for_a_prune()
    {
        _cache.Add(A, "a", "x", "main");
        _cache.Add(B, "b", "y");
        using var held = await PythonLock.TakeAsync(_cache.Folder, Sha256Of("x"), TimeSpan.Zero, TimeProvider.System, CancellationToken.None);

        var outcome = await _cache.Remove("main");

        Assert.Equal([Sha256Of("x")], outcome.Busy);
        Assert.Equal([B], _cache.Folder.Commits());
        Assert.True(File.Exists(_cache.Folder.BlobFile(Sha256Of("x"))));
        Assert.Empty(_cache.Complaints());
    }

    [Fact]
    public async Task A_repo_with_a_busy_blob_keeps_its_folder()
    {
        _cache.Add(A, "a", "x", "main");
        using var held = await PythonLock.TakeAsync(_cache.Folder, Sha256Of("x"), TimeSpan.Zero, TimeProvider.System, CancellationToken.None);

        await _cache.Remove();

        Assert.True(File.Exists(_cache.Folder.BlobFile(Sha256Of("x"))));
        Assert.Empty(_cache.Complaints());
    }

    [Fact]
    public async Task What_is_linked_after_the_plan_keeps_its_blob()
    {
        _cache.Add(A, "a", "x", "main");
        var removal = _cache.Removal;
        var plan = removal.Plan(Repo, Revision.Main, null);
        var late = _cache.Add(B, "late", "x", "dev");

        await removal.ExecuteAsync(plan, CancellationToken.None);

        Assert.Equal("x", File.ReadAllText(late));
        Assert.Empty(_cache.Complaints());
    }

    [Fact]
    public async Task A_ref_that_moved_on_after_the_plan_stays()
    {
        _cache.Add(A, "a", "x", "main");
        _cache.Add(Commit('c'), "c", "z");
        var removal = _cache.Removal;
        var plan = removal.Plan(Repo, Revision.Main, null);
        _cache.Add(B, "b", "y", "main");

        await removal.ExecuteAsync(plan, CancellationToken.None);

        Assert.Equal(B, _cache.Folder.ResolveRef(Revision.Main));
    }

    [Fact]
    public async Task A_dangling_ref_can_be_removed()
    {
        _cache.Add(A, "a", "x", "main");
        File.WriteAllText(_cache.Folder.RefFile(Revision.Parse("old")), B.Text);

        await _cache.Remove("old");

        Assert.Equal([A], _cache.Folder.Commits());
        Assert.Empty(_cache.Complaints());
    }

    [Fact]
    public void What_is_not_there_is_not_found()
    {
        Assert.Throws<NotFoundException>(() => _cache.Removal.Plan(Repo, null, null));
        _cache.Add(A, "a", "x", "main");
        Assert.Throws<NotFoundException>(() => _cache.Removal.Plan(Repo, Revision.Parse("dev"), null));
        Assert.Throws<NotFoundException>(() => _cache.Removal.Plan(Repo, Revision.Parse(B.Text), null));
        Assert.Throws<NotFoundException>(() => _cache.Removal.Plan(Repo, Revision.Main, At("b")));
    }
}
