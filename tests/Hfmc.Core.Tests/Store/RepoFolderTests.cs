using Hfmc.Core.Repos;
using Xunit;
using static Hfmc.Core.Tests.Store.CacheFixture;

namespace Hfmc.Core.Tests.Store;

public sealed class RepoFolderTests : IDisposable
{
    readonly CacheFixture _cache = new();

    public void Dispose() => _cache.Dispose();

    [Theory]
    [InlineData("main")]
    [InlineData("refs/pr/1")]
    public void A_ref_names_its_commit(string revision)
    {
        _cache.Add(Commit('a'), "config.json", "{}", revision);

        Assert.Equal(Commit('a'), _cache.Folder.ResolveRef(Revision.Parse(revision)));
        Assert.Equal(revision, Assert.Single(_cache.Folder.Refs()).Revision.Text);
    }

    [Theory]
    [InlineData("{0}\n")]
    [InlineData("{0}\r\n")]
    [InlineData("{0} ")]
    [InlineData("\t{0}\n\n")]
    [InlineData("\uFEFF{0}\n")]
    public void A_ref_counts_whatever_blanks_and_line_ends_an_editor_put_around_it(string text)
    {
        _cache.Add(Commit('a'), "config.json", "{}", "main");
        File.WriteAllText(_cache.Folder.RefFile(Revision.Main), string.Format(System.Globalization.CultureInfo.InvariantCulture, text, Commit('a')));

        Assert.Equal(Commit('a'), _cache.Folder.ResolveRef(Revision.Main));
        Assert.Equal(Commit('a'), Assert.Single(_cache.Folder.Refs()).Commit);
    }

    [Theory]
    [InlineData("{0}a")]
    [InlineData("{0}\n{0}\n")]
    [InlineData("ref: refs/heads/main\n")]
    [InlineData("{0}\0")]
    [InlineData("\n")]
    [InlineData("")]
    public void A_ref_that_holds_anything_else_is_worthless(string text)
    {
        _cache.Add(Commit('a'), "config.json", "{}", "main");
        File.WriteAllText(_cache.Folder.RefFile(Revision.Main), string.Format(System.Globalization.CultureInfo.InvariantCulture, text, Commit('a')));

        Assert.Null(_cache.Folder.ResolveRef(Revision.Main));
        Assert.Null(Assert.Single(_cache.Folder.Refs()).Commit);
    }

    [Fact]
    public void A_ref_without_end_is_not_read_to_its_end()
    {
        _cache.Add(Commit('a'), "config.json", "{}", "main");
        File.WriteAllText(_cache.Folder.RefFile(Revision.Main), Commit('a') + new string('\n', 1 << 20));

        Assert.Null(_cache.Folder.ResolveRef(Revision.Main));
    }

    [Fact]
    public void A_full_commit_is_itself_whether_it_is_here_or_not() =>
        Assert.Equal(Commit('f'), _cache.Folder.ResolveRef(Revision.Parse(Commit('f').Text)));

    [Fact]
    public void A_short_commit_is_resolved_when_only_one_fits()
    {
        var near = CommitId.TryParse("aaaaaaa" + new string('b', 33), out var parsed) ? parsed : default;
        _cache.Add(Commit('a'), "config.json", "{}");
        _cache.Add(near, "config.json", "{}");

        Assert.Equal(near, _cache.Folder.ResolveRef(Revision.Parse("aaaaaaab")));
        Assert.Null(_cache.Folder.ResolveRef(Revision.Parse("aaaaaaa")));
        Assert.Null(_cache.Folder.ResolveRef(Revision.Parse("aaaaaa")));
    }

    [Fact]
    public void A_repo_that_is_not_here_reads_as_empty()
    {
        Assert.Empty(_cache.Folder.Commits());
        Assert.Empty(_cache.Folder.Refs());
        Assert.Null(_cache.Folder.ResolveRef(Revision.Main));
        Assert.Null(_cache.Folder.FindFile(Commit('a'), At("config.json")));
        Assert.Null(_cache.Folder.Locate(new(Sha256Of("x"), 1)));
    }

    [Fact]
    public void A_linked_file_tells_its_etag_and_size()
    {
        _cache.Add(Commit('a'), "onnx/model.onnx", "weights");

        var file = _cache.Folder.FindFile(Commit('a'), At("onnx/model.onnx"));

        Assert.Equal(new(At("onnx/model.onnx"), At("onnx/model.onnx").Below(_cache.Folder.SnapshotFolder(Commit('a'))),
            _cache.Folder.BlobFile(Sha256Of("weights")), Sha256Of("weights"), 7, true), file);
    }

    [Fact]
    public void A_regular_file_is_its_own_blob_without_an_etag()
    {
        var entry = _cache.Add(Commit('a'), "config.json", "{}");
        File.Delete(entry);
        File.WriteAllText(entry, "{ }");

        Assert.Equal(new(At("config.json"), entry, entry, null, 3, false), _cache.Folder.FindFile(Commit('a'), At("config.json")));
    }

    [Fact]
    public void A_link_that_leads_nowhere_or_in_a_circle_is_no_file()
    {
        var entry = _cache.Add(Commit('a'), "config.json", "{}");
        File.Delete(_cache.Folder.BlobFile(Sha256Of("{}")));
        File.CreateSymbolicLink(entry + "2", "config.json2");

        Assert.Null(_cache.Folder.FindFile(Commit('a'), At("config.json")));
        Assert.Null(_cache.Folder.FindFile(Commit('a'), At("config.json2")));
    }

    [Fact]
    public void A_blob_of_another_size_is_not_located()
    {
        _cache.PutBlob("abc");

        Assert.Equal(_cache.Folder.BlobFile(Sha256Of("abc")), _cache.Folder.Locate(new(Sha256Of("abc"), 3)));
        Assert.Null(_cache.Folder.Locate(new(Sha256Of("abc"), 4)));
    }

    [Fact]
    public void Stray_files_of_a_desktop_are_no_refs()
    {
        _cache.Add(Commit('a'), "config.json", "{}", "main");
        File.WriteAllText(Path.Combine(_cache.Folder.RefsFolder, ".DS_Store"), "junk");

        Assert.Equal("main", Assert.Single(_cache.Folder.Refs()).Revision.Text);
    }
}
