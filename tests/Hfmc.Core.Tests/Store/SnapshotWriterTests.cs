using System.Text.Json;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Xunit;
using static Hfmc.Core.Tests.Store.CacheFixture;

namespace Hfmc.Core.Tests.Store;

public sealed partial class SnapshotWriterTests : IDisposable
{
    static readonly CommitId A = Commit('a'), B = Commit('b');

    readonly CacheFixture _cache = new();

    SnapshotWriter Copying => new(_cache.Cache, Repo, copyFiles: true);

    public void Dispose() => _cache.Dispose();

    [Theory]
    [InlineData("config.json", "../../blobs/")]
    [InlineData("sub dir/a+b#.bin", "../../../blobs/")]
    [InlineData("a/b/c", "../../../../blobs/")]
    public void A_link_is_relative_to_its_own_folder(string path, string prefix)
    {
        var entry = _cache.Add(A, path, "x");

        Assert.Equal(prefix + Sha256Of("x"), new FileInfo(entry).LinkTarget);
        Assert.Equal("x", File.ReadAllText(entry));
    }

    [Fact]
    public void A_link_to_another_blob_is_replaced()
    {
        _cache.Add(A, "f", "old");

        var entry = _cache.Add(A, "f", "new");

        Assert.Equal("new", File.ReadAllText(entry));
        Assert.Empty(Directory.GetFiles(_cache.Folder.Root));
    }

    [Fact]
    public void A_regular_file_at_the_place_is_left()
    {
        var entry = At("f").Below(_cache.Folder.SnapshotFolder(A));
        Directory.CreateDirectory(_cache.Folder.SnapshotFolder(A));
        File.WriteAllText(entry, "theirs");

        _cache.Add(A, "f", "ours");

        Assert.Equal("theirs", File.ReadAllText(entry));
        Assert.Null(new FileInfo(entry).LinkTarget);
    }

    [Fact]
    public void A_blob_that_is_gone_is_never_linked_to()
    {
        Assert.Throws<DiskException>(() => _cache.Writer.Link(A, At("f"), Sha256Of("nobody")));
        Assert.Empty(_cache.Complaints());
    }

    [Fact]
    public void Without_links_a_new_blob_is_moved_and_a_second_file_of_it_copied()
    {
        _cache.PutBlob("x");
        var writer = Copying;

        var first = writer.Link(A, At("f"), Sha256Of("x"), isNewBlob: true);
        var second = writer.Link(A, At("g"), Sha256Of("x"), isNewBlob: true);

        Assert.Equal(["x", "x"], [File.ReadAllText(first), File.ReadAllText(second)]);
        Assert.False(File.Exists(_cache.Folder.BlobFile(Sha256Of("x"))));
        Assert.Null(new FileInfo(first).LinkTarget);
    }

    [Fact]
    public void Without_links_a_known_blob_is_copied()
    {
        _cache.PutBlob("x");

        var entry = Copying.Link(A, At("f"), Sha256Of("x"));

        Assert.Equal("x", File.ReadAllText(entry));
        Assert.True(File.Exists(_cache.Folder.BlobFile(Sha256Of("x"))));
        Assert.Empty(Directory.GetFiles(_cache.Folder.Root));
    }

    [Fact]
    public void A_file_where_a_folder_is_needed_is_an_error_that_names_it()
    {
        var entry = _cache.Add(A, "a", "x");

        var error = Assert.Throws<DiskException>(() => _cache.Add(A, "a/b", "y"));

        Assert.Contains(entry, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_where_a_file_is_needed_is_an_error_that_names_it()
    {
        _cache.Add(A, "a/b", "x");

        Assert.Contains("is a folder", Assert.Throws<DiskException>(() => _cache.Add(A, "a", "y")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_that_is_there_under_another_case_is_noticed()
    {
        var entry = _cache.Add(A, "README.md", "x");

        Assert.Null(SnapshotWriter.Twin(entry));
        Assert.Equal("README.md", SnapshotWriter.Twin(entry.Replace("README", "readme", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_entry_that_is_there_in_another_Unicode_form_is_noticed_and_elsewhere_is_another_file()
    {
        var one = _cache.Add(A, "caf\u00e9.txt", "x");

        // What a file system that folds forms would answer for the other one.
        Assert.Equal("a file whose name looks the same", SnapshotWriter.Twin(one.Replace("\u00e9", "e\u0301", StringComparison.Ordinal)));
        if (_cache.Cache.Traits.FoldsForm)
            return;
        var two = _cache.Add(A, "cafe\u0301.txt", "y");
        Assert.Equal(["x", "y"], [File.ReadAllText(one), File.ReadAllText(two)]);
        Assert.Null(SnapshotWriter.Twin(two));
    }

    [Fact]
    public void A_folder_that_is_somebody_elses_link_is_not_written_through()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "another user's link can be made by root only");
        _cache.Add(A, "config.json", "x");
        var link = Path.Combine(_cache.Folder.SnapshotFolder(A), "onnx");
        Directory.CreateSymbolicLink(link, _cache.Outside);
        using (var chown = System.Diagnostics.Process.Start("chown", ["-h", "65534", link]))
            chown.WaitForExit();

        Assert.Contains("a link of another user", Assert.Throws<DiskException>(() => _cache.Add(A, "onnx/model.onnx", "y")).Message);

        Assert.Empty(Directory.GetFileSystemEntries(_cache.Outside));
    }

    [Fact]
    public void Names_that_differ_only_in_case_are_two_files_where_case_counts()
    {
        Assert.SkipWhen(_cache.Cache.Traits.FoldsCase, "the file system folds case");

        var upper = _cache.Add(A, "README.md", "x");
        var lower = _cache.Add(A, "readme.md", "y");

        Assert.Equal(["x", "y"], [File.ReadAllText(upper), File.ReadAllText(lower)]);
    }
}
