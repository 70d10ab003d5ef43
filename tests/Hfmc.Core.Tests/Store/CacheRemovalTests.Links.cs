using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Xunit;
using static Hfmc.Core.Tests.Store.CacheFixture;

namespace Hfmc.Core.Tests.Store;

public sealed partial class CacheRemovalTests
{
    [Fact]
    public async Task What_a_link_leads_to_outside_is_never_deleted()
    {
        var outside = Path.Combine(_cache.Outside, Sha256Of("x").Text);
        File.WriteAllText(outside, "x");
        Directory.CreateDirectory(_cache.Folder.SnapshotFolder(A));
        File.CreateSymbolicLink(Path.Combine(_cache.Folder.SnapshotFolder(A), "file"), outside);
        File.CreateSymbolicLink(Path.Combine(_cache.Folder.SnapshotFolder(A), "folder"), _cache.Outside);

        Assert.Equal(0, (await _cache.Remove()).Bytes);

        Assert.True(File.Exists(outside));
        Assert.False(Directory.Exists(_cache.Folder.Root));
    }

    [Fact]
    public async Task A_blob_that_is_itself_a_link_goes_but_not_what_it_leads_to()
    {
        var outside = Path.Combine(_cache.Outside, "bytes");
        File.WriteAllText(outside, "x");
        _cache.Add(A, "a", "x", "main");
        _cache.Add(B, "b", "y");
        File.Delete(_cache.Folder.BlobFile(Sha256Of("x")));
        File.CreateSymbolicLink(_cache.Folder.BlobFile(Sha256Of("x")), outside);

        await _cache.Remove("main");

        Assert.True(File.Exists(outside));
        Assert.False(File.Exists(_cache.Folder.BlobFile(Sha256Of("x"))));
    }

    [Fact]
    public async Task A_snapshot_folder_that_is_a_link_goes_but_not_what_it_leads_to()
    {
        File.WriteAllText(Path.Combine(_cache.Outside, "a"), "x");
        Directory.CreateDirectory(_cache.Folder.SnapshotsFolder);
        Directory.CreateSymbolicLink(_cache.Folder.SnapshotFolder(A), _cache.Outside);
        _cache.Add(B, "b", "y");

        await _cache.Remove(A.Text);

        Assert.True(File.Exists(Path.Combine(_cache.Outside, "a")));
        Assert.Equal([B], _cache.Folder.Commits());
    }

    [Theory]
    [InlineData("folder/inside")]
    public void A_file_behind_a_linked_folder_is_refused(string path)
    {
        File.WriteAllText(Path.Combine(_cache.Outside, "inside"), "x");
        _cache.Add(A, "a", "x", "main");
        Directory.CreateSymbolicLink(Path.Combine(_cache.Folder.SnapshotFolder(A), "folder"), _cache.Outside);

        Assert.Throws<DiskException>(() => _cache.Removal.Plan(Repo, Revision.Main, At(path)));
    }

    [Fact]
    public void A_repo_that_was_moved_behind_a_link_is_refused()
    {
        _cache.Add(A, "a", "x", "main");
        var moved = Path.Combine(_cache.Outside, "moved");
        Directory.Move(_cache.Folder.Root, moved);
        Directory.CreateSymbolicLink(_cache.Folder.Root, moved);

        Assert.Throws<DiskException>(() => _cache.Removal.Plan(Repo, null, null));
        Assert.NotNull(_cache.Folder.FindFile(A, At("a")));
    }
}
