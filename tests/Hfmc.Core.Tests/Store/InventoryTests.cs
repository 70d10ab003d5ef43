using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Xunit;

namespace Hfmc.Core.Tests.Store;

public sealed class InventoryTests : IDisposable
{
    static readonly CommitId A = CacheFixture.Commit('a'), B = CacheFixture.Commit('b');

    readonly CacheFixture _cache = new();

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task A_repo_that_is_all_ours_goes_with_its_folder()
    {
        Ours(A, "config.json", "one", "main");

        Assert.Empty((await Uninstall()).Stays);
        Assert.False(Directory.Exists(_cache.Folder.Root));
    }

    [Fact]
    public async Task A_repo_without_a_record_stays()
    {
        _cache.Add(A, "config.json", "one", "main");

        Assert.Single((await Uninstall()).Stays);
        Assert.True(Here(A, "config.json"));
    }

    [Fact]
    public async Task A_revision_of_Python_stays_beside_one_of_ours_and_keeps_its_blob()
    {
        Ours(A, "config.json", "shared", "main");
        _cache.Add(B, "config.json", "shared", "dev");

        await Uninstall();

        Assert.False(Directory.Exists(_cache.Folder.SnapshotFolder(A)));
        Assert.True(Here(B, "config.json"));
        Assert.Empty(_cache.Complaints());
    }

    [Fact]
    public async Task Of_a_revision_in_part_ours_only_our_files_go()
    {
        _cache.Add(A, "ours.bin", "ours", "main");
        _cache.Add(A, "python.bin", "python");
        _cache.Add(A, "notes.txt", "the user's");
        _cache.PutRecord(A, new(CacheFixture.Listed("ours.bin", "ours"), true), new(CacheFixture.Listed("python.bin", "python"), false));

        var inventory = await Uninstall();

        Assert.Equal((false, true, true), (Here(A, "ours.bin"), Here(A, "python.bin"), Here(A, "notes.txt")));
        Assert.Contains("2 files", Assert.Single(inventory.Stays).What);
        Assert.Empty(_cache.Complaints());
        Assert.False(File.Exists(_cache.Folder.BlobFile(CacheFixture.Sha256Of("ours"))));
    }

    [Fact]
    public async Task An_imported_model_stays_unless_it_is_asked_for()
    {
        _cache.Add(A, "config.json", "one", "main");
        _cache.Records.Write(new(CacheFixture.Repo, A, [new(CacheFixture.Listed("config.json", "one"), true)], null, RepoOrigin.Imported, DateTimeOffset.UnixEpoch));

        Assert.Equal(Inventory.Imported, Assert.Single((await Uninstall()).Stays).Reason);
        Assert.True(Here(A, "config.json"));
        Assert.Empty((await Uninstall(deleteImported: true)).Stays);
        Assert.False(Directory.Exists(_cache.Folder.Root));
    }

    [Fact]
    public async Task What_a_download_left_that_never_got_a_file_goes()
    {
        _cache.PutBlob("half");
        _cache.PutRecord(A, new RecordedFile(CacheFixture.Listed("config.json", "half"), false));

        await Uninstall();

        Assert.False(Directory.Exists(_cache.Folder.Root));
    }

    [Fact]
    public async Task A_repo_behind_a_link_is_not_touched()
    {
        Ours(A, "config.json", "one", "main");
        var elsewhere = Path.Combine(_cache.Outside, "moved");
        Directory.Move(_cache.Folder.Root, elsewhere);
        Directory.CreateSymbolicLink(_cache.Folder.Root, elsewhere);

        Assert.Empty((await Uninstall()).Removals);
        Assert.True(Here(A, "config.json"));
    }

    [Fact]
    public async Task An_empty_cache_is_gone_after_its_models()
    {
        Ours(A, "config.json", "one", "main");

        await Uninstall();
        new CacheRemains(_cache.Cache.Root).Remove();

        Assert.False(Directory.Exists(_cache.Cache.Root));
    }

    [Theory]
    [InlineData("hub/models--a--b/refs/main")]
    [InlineData("hub/notes.txt")]
    [InlineData("token")]
    public void A_cache_with_something_of_somebody_else_stays(string file)
    {
        var path = Path.Combine(_cache.Cache.Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "mine");

        new CacheRemains(_cache.Cache.Root).Remove();

        Assert.True(File.Exists(path));
        Assert.False(Directory.Exists(_cache.Cache.StateFolder) || Directory.Exists(_cache.Cache.PartialFolder));
    }

    [Fact]
    public void A_folder_of_ours_that_is_a_link_is_unlinked_and_what_it_leads_to_stays()
    {
        Directory.Delete(_cache.Cache.PartialFolder);
        File.WriteAllText(Path.Combine(_cache.Outside, "precious"), "mine");
        Directory.CreateSymbolicLink(_cache.Cache.PartialFolder, _cache.Outside);

        new CacheRemains(_cache.Cache.Root).Remove();

        Assert.True(File.Exists(Path.Combine(_cache.Outside, "precious")));
    }

    void Ours(CommitId commit, string path, string content, string revision)
    {
        _cache.Add(commit, path, content, revision);
        _cache.PutRecord(commit, new RecordedFile(CacheFixture.Listed(path, content), true));
    }

    bool Here(CommitId commit, string path) => _cache.Folder.FindFile(commit, CacheFixture.At(path)) is not null;

    async Task<Inventory> Uninstall(bool deleteImported = false)
    {
        var inventory = Inventory.Of(_cache.Cache, _cache.Records, _cache.Removal, deleteImported);
        foreach (var plan in inventory.Removals)
            await _cache.Removal.ExecuteAsync(plan, CancellationToken.None);
        return inventory;
    }
}
