using System.Text;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Xet;
using Xunit;
using static Hfmc.Core.Tests.Store.CacheFixture;

namespace Hfmc.Core.Tests.Store;

public sealed class ChunkListsTests : IDisposable
{
    readonly CacheFixture _cache = new();

    readonly ChunkLists _lists;

    public ChunkListsTests() => _lists = new(_cache.Cache);

    string Folder => Path.Combine(_cache.Cache.StateFolder, "chunks");

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void A_list_is_read_as_it_was_written()
    {
        var list = Put("content");

        Assert.True(_lists.Exists(Sha256Of("content")));
        Assert.Equal(list.FileId, _lists.Read(BlobOf("content"))!.FileId);
        Assert.Equal([Sha256Of("content").Text], Directory.GetFiles(Folder).Select(Path.GetFileName));
        Assert.Empty(Directory.GetFiles(_cache.Cache.StateFolder));
    }

    [Fact]
    public void A_list_that_is_not_there_reads_as_null_and_is_deleted_without_a_word()
    {
        Assert.False(_lists.Exists(Sha256Of("x")));
        Assert.Null(_lists.Read(BlobOf("x")));
        _lists.Delete(Sha256Of("x"));
    }

    [Fact]
    public void A_part_is_read_without_the_rest_and_is_null_where_there_is_none()
    {
        var blob = BlobOf("many");
        var list = new ChunkList(Enumerable.Range(0, 100).Select(i => Chunk.Of([(byte)i, 1])));
        _lists.Write(blob.ETag, list);

        Assert.Equal([.. Enumerable.Range(30, 40).Select(i => list[i])], _lists.ReadPart(blob, 30, 40)!);
        Assert.Null(_lists.ReadPart(blob, 90, 20));
        Assert.Null(_lists.ReadPart(BlobOf("other"), 0, 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("hfmcchk1")]
    [InlineData("something that somebody else has written there, and that is much longer than a list of one chunk")]
    public void A_file_that_is_no_list_reads_as_null(string content)
    {
        Put("x");
        File.WriteAllText(Path.Combine(Folder, Sha256Of("x").Text), content);

        Assert.Null(_lists.Read(BlobOf("x")));
    }

    [Fact]
    public void A_list_that_was_cut_off_or_is_of_another_size_reads_as_null()
    {
        var file = Path.Combine(Folder, Sha256Of("x").Text);
        Put("x");
        Assert.Null(_lists.Read(BlobOf("x") with { Size = 2 }));

        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^1]);
        Assert.Null(_lists.Read(BlobOf("x")));
    }

    [Fact]
    public void A_folder_in_its_place_reads_as_null()
    {
        Directory.CreateDirectory(Path.Combine(Folder, Sha256Of("x").Text));

        Assert.Null(_lists.Read(BlobOf("x")));
    }

    [Fact]
    public async Task A_prune_takes_the_lists_of_blobs_that_are_gone_and_no_others()
    {
        _cache.Add(Commit('a'), "a", "used");
        Put("used");
        var size = Put("gone").ToBytes().Length;
        File.WriteAllText(Path.Combine(Folder, "notes.txt"), "mine");
        var prune = After(TimeSpan.FromHours(1));

        var plan = prune.Plan(null);
        var outcome = await prune.ExecuteAsync(plan, CancellationToken.None);

        Assert.Equal(Sha256Of("gone"), Assert.Single(plan.Lists).ETag);
        Assert.Equal((size, size), (plan.Bytes, outcome.Bytes));
        Assert.Equal([Sha256Of("used").Text, "notes.txt"], Directory.GetFiles(Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_prune_leaves_a_list_that_is_new_and_one_whose_blob_is_on_its_way()
    {
        var blob = new Blob(Sha256Of("partial"), 3 << 20);
        await using var partial = PartialBlob.TryOpen(_cache.Cache.PartialFolder, blob);
        partial!.Write(0, new byte[1 << 20]);
        Put("partial");
        Assert.Empty(After(TimeSpan.FromHours(1)).Plan(null).Lists);

        Put("new");
        Assert.Empty(After(TimeSpan.Zero).Plan(null).Lists);
    }

    [Fact]
    public async Task A_list_whose_blob_came_after_the_plan_stays()
    {
        Put("x");
        var prune = After(TimeSpan.FromHours(1));
        var plan = prune.Plan(null);
        _cache.Add(Commit('a'), "a", "x");

        await prune.ExecuteAsync(plan, CancellationToken.None);

        Assert.True(_lists.Exists(Sha256Of("x")));
    }

    [Fact]
    public async Task The_list_of_a_pruned_orphan_goes_with_it()
    {
        _cache.PutBlob("orphan");
        Put("orphan");
        var prune = After(TimeSpan.FromHours(1));

        await prune.ExecuteAsync(prune.Plan(Repo), CancellationToken.None);

        Assert.False(_lists.Exists(Sha256Of("orphan")));
    }

    [Fact]
    public async Task A_removal_takes_the_lists_of_its_blobs()
    {
        _cache.Add(Commit('a'), "a", "one", "main");
        _cache.Add(Commit('b'), "b", "two", "other");
        Put("one");
        Put("two");

        await _cache.Remove("main");
        Assert.Equal((false, true), (_lists.Exists(Sha256Of("one")), _lists.Exists(Sha256Of("two"))));

        await _cache.Remove();
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task A_removal_leaves_the_list_of_a_blob_that_another_repo_has()
    {
        var other = _cache.Cache.Repo(RepoId.Parse("acme/other"));
        _cache.Add(Commit('a'), "a", "shared");
        Directory.CreateDirectory(other.BlobsFolder);
        File.WriteAllText(other.BlobFile(Sha256Of("shared")), "shared");
        Put("shared");

        await _cache.Remove();

        Assert.True(_lists.Exists(Sha256Of("shared")));
    }

    [Fact]
    public async Task The_list_of_an_abandoned_download_goes_with_it()
    {
        await using (var partial = PartialBlob.TryOpen(_cache.Cache.PartialFolder, new(Sha256Of("x"), 3 << 20)))
            partial!.Write(0, new byte[1 << 20]);
        Put("x");
        var prune = new PartialPrune(_cache.Cache, _cache.Records, TimeProvider.System);

        await prune.ExecuteAsync(prune.Plan(), TimeSpan.Zero, CancellationToken.None);

        Assert.False(_lists.Exists(Sha256Of("x")));
    }

    ChunkList Put(string content)
    {
        var list = ChunkListBuilder.Of(Encoding.UTF8.GetBytes(content), ChunkRule.Current);
        _lists.Write(Sha256Of(content), list);
        return list;
    }

    static Blob BlobOf(string content) => new(Sha256Of(content), content.Length);

    CachePrune After(TimeSpan later) => new(_cache.Cache, new ShiftedTime(later)) { LockPatience = TimeSpan.Zero };
}
