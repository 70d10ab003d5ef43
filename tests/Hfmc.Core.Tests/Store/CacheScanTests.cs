using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Xunit;
using static Hfmc.Core.Tests.Store.CacheFixture;

namespace Hfmc.Core.Tests.Store;

public sealed class CacheScanTests : IDisposable
{
    static readonly CommitId A = Commit('a'), B = Commit('b');

    readonly CacheFixture _cache = new();

    CachedRepo Found => Assert.Single(_cache.Scan.Repos());

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void Blobs_that_revisions_share_are_counted_once()
    {
        _cache.Add(A, "a", "shared");
        _cache.Add(A, "copy of a", "shared");
        _cache.Add(B, "a", "shared");
        _cache.Add(B, "b", "12");

        Assert.Equal(8, Found.Bytes);
        Assert.Equal([6L, 8L], Found.Revisions.Select(revision => revision.Bytes));
        Assert.Equal([2, 2], Found.Revisions.Select(revision => revision.Files.Count));
    }

    [Fact]
    public void Refs_are_listed_with_their_revision_and_a_revision_needs_none()
    {
        _cache.Add(A, "a", "x", "main");
        _cache.Writer.WriteRef(Revision.Parse("v1"), A);
        _cache.Add(B, "a", "y");

        Assert.Equal(["main", "v1"], Found.Revisions[0].Refs.Select(revision => revision.Text));
        Assert.Empty(Found.Revisions[1].Refs);
    }

    [Fact]
    public void A_dangling_ref_is_told_and_hides_nothing()
    {
        _cache.Add(A, "a", "x", "main");
        File.WriteAllText(_cache.Folder.RefFile(Revision.Parse("old")), B.Text);

        Assert.Equal(new(Revision.Parse("old"), B), Assert.Single(Found.DanglingRefs));
        Assert.Single(Found.Revisions);
    }

    [Fact]
    public void A_broken_link_is_told_and_counts_nothing()
    {
        _cache.Add(A, "a", "x");
        File.Delete(_cache.Folder.BlobFile(Sha256Of("x")));

        Assert.Equal(At("a"), Assert.Single(Found.Revisions[0].Broken));
        Assert.Equal(0, Found.Bytes);
    }

    [Fact]
    public void Regular_files_and_links_out_of_the_cache_are_files()
    {
        var outside = Path.Combine(_cache.Outside, "weights");
        File.WriteAllText(outside, "12345");
        Directory.CreateDirectory(_cache.Folder.SnapshotFolder(A));
        File.WriteAllText(Path.Combine(_cache.Folder.SnapshotFolder(A), ".gitattributes"), "123");
        File.CreateSymbolicLink(Path.Combine(_cache.Folder.SnapshotFolder(A), "weights"), outside);

        Assert.Equal(8, Found.Bytes);
        Assert.Equal([".gitattributes", "weights"], Found.Revisions[0].Files.Select(file => file.Path.Text));
    }

    [Fact]
    public void A_linked_folder_is_not_entered()
    {
        File.WriteAllText(Path.Combine(_cache.Outside, "f"), "x");
        _cache.Add(A, "a", "x");
        File.CreateSymbolicLink(Path.Combine(_cache.Folder.SnapshotFolder(A), "folder"), _cache.Outside);
        File.CreateSymbolicLink(Path.Combine(_cache.Folder.SnapshotFolder(A), "loop"), ".");

        Assert.Equal("a", Assert.Single(Found.Revisions[0].Files).Path.Text);
        Assert.Empty(Found.Revisions[0].Broken);
    }

    [Fact]
    public void Completeness_is_unknown_without_a_list()
    {
        _cache.Add(A, "a", "x");

        Assert.Null(Found.Revisions[0].Complete);
    }

    [Fact]
    public void Pythons_list_tells_completeness()
    {
        _cache.Add(A, "a", "x");
        _cache.PutTree(A, Listed("a", "x"), Listed("b", "y"));
        Assert.False(Found.Revisions[0].Complete);

        _cache.Add(A, "b", "y");
        Assert.True(Found.Revisions[0].Complete);
    }

    [Fact]
    public void The_record_is_believed_before_the_list()
    {
        _cache.Add(A, "a", "x");
        _cache.PutTree(A, Listed("a", "x"), Listed("b", "y"));
        _cache.PutRecord(A, new RecordedFile(Listed("a", "x"), Ours: true));

        Assert.True(Found.Revisions[0].Complete);
    }

    [Fact]
    public void A_file_of_another_size_is_not_complete()
    {
        _cache.Add(A, "a", "xx");
        _cache.PutTree(A, Listed("a", "x"));

        Assert.False(Found.Revisions[0].Complete);
    }

    [Fact]
    public void An_empty_snapshot_is_a_revision()
    {
        Directory.CreateDirectory(_cache.Folder.SnapshotFolder(A));

        Assert.Equal((A, 0), (Found.Revisions[0].Commit, Found.Revisions[0].Files.Count));
    }

    [Fact]
    public void A_repo_that_is_not_there_is_null() => Assert.Null(_cache.Scan.Repo(Repo));
}
