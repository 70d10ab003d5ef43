using System.Text.Json;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Xunit;
using static Hfmc.Core.Tests.Store.CacheFixture;

namespace Hfmc.Core.Tests.Store;

public sealed partial class SnapshotWriterTests
{
    [Fact]
    public void A_ref_is_forty_bytes()
    {
        _cache.Add(A, "f", "x", "refs/pr/1");

        Assert.Equal(A.Text, File.ReadAllText(Path.Combine(_cache.Folder.Root, "refs/refs/pr/1")));
        Assert.Empty(Directory.GetFiles(_cache.Folder.Root));
    }

    [Fact]
    public void A_ref_is_not_rewritten_when_equal()
    {
        _cache.Add(A, "f", "x", "main");
        var file = _cache.Folder.RefFile(Revision.Main);
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);

        _cache.Writer.WriteRef(Revision.Main, A);

        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(file));
    }

    [Fact]
    public void A_ref_with_a_line_end_becomes_one_that_python_reads()
    {
        _cache.Add(A, "f", "x", "main");
        File.WriteAllText(_cache.Folder.RefFile(Revision.Main), $"{A}\r\n");

        _cache.Writer.WriteRef(Revision.Main, A);

        Assert.Equal(A.Text, File.ReadAllText(_cache.Folder.RefFile(Revision.Main)));
    }

    [Fact]
    public void A_ref_moves_to_another_commit()
    {
        _cache.Add(A, "f", "x", "main");
        _cache.Add(B, "f", "y", "main");

        Assert.Equal(B, _cache.Folder.ResolveRef(Revision.Main));
    }

    [Fact]
    public void No_ref_is_written_before_its_snapshot()
    {
        Assert.Throws<DiskException>(() => _cache.Writer.WriteRef(Revision.Main, A));
        Assert.False(Directory.Exists(_cache.Folder.RefsFolder));
    }

    [Fact]
    public void A_commit_gets_no_ref()
    {
        _cache.Add(A, "f", "x", A.Text);

        Assert.False(Directory.Exists(_cache.Folder.RefsFolder));
    }

    [Fact]
    public void A_short_commit_gets_a_ref_as_in_python()
    {
        _cache.Add(A, "f", "x", "aaaaaaaa");

        Assert.True(File.Exists(_cache.Folder.RefFile(Revision.Parse("aaaaaaaa"))));
    }

    [Fact]
    public void The_list_of_files_is_as_python_writes_it()
    {
        // 437 bytes is what json.dump(indent=1, sort_keys=True) gives in Python.
        var config = ETag.TryParse("fb140824ded4bddd469a16ff68baf99655db2103", out var first) ? first : default;
        var weights = ETag.TryParse("69cc92e41a3c392a040d45bd229a7e094995e7626c894611fc5864f2c4817c38", out var second) ? second : default;
        _cache.PutTree(A, new(At("sub dir/a+b#.bin"), new(weights, 3_200_000), new string('e', 64)), new(At("config.json"), new(config, 160)));

        var bytes = File.ReadAllBytes(_cache.Folder.TreeFile(A));
        Assert.Equal(437, bytes.Length);
        using var json = JsonDocument.Parse(bytes);
        var file = json.RootElement.GetProperty("files").GetProperty("sub dir/a+b#.bin");
        Assert.Equal(1, json.RootElement.GetProperty("format_version").GetInt32());
        Assert.Equal(weights.Text, file.GetProperty("lfs_sha256").GetString());
        Assert.Equal(JsonValueKind.Null, file.GetProperty("xet_hash").ValueKind);
        Assert.Equal(40, file.GetProperty("blob_id").GetString()!.Length);
        Assert.StartsWith("{\n \"files\": {\n  \"config.json\": {\n   \"blob_id\": ", System.Text.Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void The_git_id_of_a_large_file_is_the_one_that_the_hub_lists()
    {
        // pytorch_model.bin of prajjwal1/bert-medium.
        var etag = ETag.TryParse("097417381d6c7230bd9e3557456d726de6e83245ec8b24f529f60198a67b203a", out var parsed) ? parsed : default;
        _cache.PutTree(A, new RepoFile(At("pytorch_model.bin"), new(etag, 440473133)));

        Assert.Contains("\"blob_id\": \"ba5d19791be1dd7992e33bd61f20207b0f7f50a5\"", File.ReadAllText(_cache.Folder.TreeFile(A)), StringComparison.Ordinal);
    }

    [Fact]
    public void An_equal_list_of_files_is_left()
    {
        _cache.PutTree(A, Listed("f", "x"));
        File.SetLastWriteTimeUtc(_cache.Folder.TreeFile(A), DateTime.UnixEpoch);

        _cache.PutTree(A, Listed("f", "x"));
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(_cache.Folder.TreeFile(A)));

        _cache.PutTree(A, Listed("f", "y"));
        Assert.NotEqual(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(_cache.Folder.TreeFile(A)));
    }

    [Theory]
    [InlineData("{\"format_version\": 2, \"files\": {}}")]
    [InlineData("{\"format_version\": 1, \"files\": {\"a\": {\"size\": 1, \"blob_id\": \"**\"}}}")]
    [InlineData("{\"format_version\": 1, \"files\": {\"a\": null}}")]
    [InlineData("{\"format_version\": 1, \"files\": null}")]
    [InlineData("{")]
    public void A_list_that_python_would_ignore_is_ignored(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_cache.Folder.TreeFile(A))!);
        File.WriteAllText(_cache.Folder.TreeFile(A), text);

        Assert.Null(TreeListing.Read(_cache.Folder.TreeFile(A)));
    }

    [Fact]
    public void A_missing_file_is_marked_only_beside_a_snapshot()
    {
        Assert.False(_cache.Writer.MarkNoExist(A, At("sub/added.json")));
        _cache.Add(A, "f", "x");
        Assert.True(_cache.Writer.MarkNoExist(A, At("sub/added.json")));

        Assert.True(_cache.Folder.IsKnownMissing(A, At("sub/added.json")));
        Assert.Equal(0, new FileInfo(Path.Combine(_cache.Folder.Root, ".no_exist", A.Text, "sub/added.json")).Length);
    }

    [Fact]
    public void A_file_that_arrives_is_no_longer_marked_missing()
    {
        _cache.Add(A, "f", "x");
        _cache.Writer.MarkNoExist(A, At("g"));

        _cache.Add(A, "g", "y");

        Assert.False(_cache.Folder.IsKnownMissing(A, At("g")));
    }
}
