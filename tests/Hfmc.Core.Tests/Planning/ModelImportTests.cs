using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

public sealed class ModelImportTests : IDisposable
{
    const string HelloSha1 = "ce013625030ba8dba906f756967f9e9ca394464a", EmptySha1 = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
        WeightsSha256 = "9a129038d9a00aed0cf6a7ea059ca50a813449061ab87848cf1a13eafdf33b2c";

    static readonly RepoId s_repo = RepoId.Parse("acme/mine");

    readonly TempFolder _folder = new();
    readonly CacheFolder _cache;

    public ModelImportTests()
    {
        _cache = CacheFolder.Open(_folder.Folder("cache"), mayCreate: false);
        Put("hello.txt", "hello\n");
        Put("empty.bin", "");
        Put("sub/model.bin", "weights");
    }

    RepoRecords Records => new(_cache);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ids_are_those_that_the_hub_would_give()
    {
        var done = await ImportAsync();

        Assert.Equal(
            [("empty.bin", EmptySha1), ("hello.txt", HelloSha1), ("sub/model.bin", WeightsSha256)],
            done.Snapshot.Files.Select(file => (file.Path.Text, file.ETag.Text)));
    }

    [Fact]
    public async Task The_repo_is_whole_and_recorded_as_imported()
    {
        var done = await ImportAsync();

        var found = Assert.Single(new CacheScan(_cache, Records).Repo(s_repo)!.Revisions);
        Assert.True(found.Complete);
        Assert.Equal([Revision.Main], found.Refs);
        Assert.Equal("hello\n", File.ReadAllText(Path.Combine(done.Path, "hello.txt")));
        var record = Records.Read(s_repo, done.Snapshot.Commit)!;
        Assert.Equal(RepoOrigin.Imported, record.Origin);
        Assert.NotNull(record.Public);
        Assert.All(record.Files, file => Assert.True(file.Ours));
        Assert.Empty(Directory.GetFiles(_cache.PartialFolder));
    }

    [Fact]
    public async Task The_commit_follows_from_the_content_alone()
    {
        var first = await ImportAsync();
        var elsewhere = await ImportAsync(request => request with { Repo = RepoId.Parse("acme/other"), Revision = Revision.Parse("v2") });
        Put("hello.txt", "hello!\n");
        var changed = await ImportAsync(request => request with { Force = true });

        Assert.Equal(first.Snapshot.Commit, elsewhere.Snapshot.Commit);
        Assert.NotEqual(first.Snapshot.Commit, changed.Snapshot.Commit);
    }

    [Fact]
    public async Task The_same_again_is_a_success_that_copies_nothing()
    {
        await ImportAsync();

        Assert.True((await ImportAsync()).WasHere);
    }

    [Fact]
    public async Task A_file_that_was_lost_comes_back_by_the_same_again()
    {
        var done = await ImportAsync();
        File.Delete(Path.Combine(done.Path, "hello.txt"));

        Assert.False((await ImportAsync()).WasHere);
        Assert.True(File.Exists(Path.Combine(done.Path, "hello.txt")));
    }

    [Fact]
    public async Task Another_content_under_a_known_name_is_refused_without_force()
    {
        var first = await ImportAsync();
        Put("hello.txt", "other\n");

        await Assert.ThrowsAsync<InputException>(() => ImportAsync());

        Assert.Equal(first.Snapshot.Commit, _cache.Repo(s_repo).ResolveRef(Revision.Main));
        Assert.Single(_cache.Repo(s_repo).Commits());
    }

    [Fact]
    public async Task A_private_import_never_becomes_public_by_the_way()
    {
        await ImportAsync(request => request with { Private = true });

        Assert.False((await ImportAsync()).IsPublic);
        Assert.True((await ImportAsync(request => request with { Force = true })).IsPublic);
        Assert.False((await ImportAsync(request => request with { Private = true })).IsPublic);
    }

    [Theory]
    [InlineData("a.txt", "2")]
    [InlineData("hello.txt", "longer than before")]
    public async Task A_file_that_changes_meanwhile_is_an_error_and_leaves_nothing(string name, string content)
    {
        Put("a.txt", "1");
        var first = true;

        await Assert.ThrowsAsync<InputException>(() => ImportAsync(readBytes: _ =>
        {
            if (first)
                Put(name, content);
            first = false;
        }));

        Assert.Empty(_cache.Repo(s_repo).Commits());
        Assert.Empty(Directory.GetFiles(_cache.PartialFolder));
    }

    [Theory]
    [InlineData("hello.txt")]
    [InlineData("sub")]
    public async Task A_file_that_becomes_a_link_meanwhile_is_not_followed(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux says what was opened");
        Put("a.txt", "1");
        Put("../private/hello.txt", "SECRET");
        Put("../private/model.bin", "SECRETS");
        var (first, place) = (true, Path.Combine(_folder.Path, "dir", name));

        await Assert.ThrowsAsync<InputException>(() => ImportAsync(readBytes: _ =>
        {
            if (first && File.Exists(place))
                File.Delete(place);
            else if (first)
                Directory.Delete(place, recursive: true);
            if (first)
                File.CreateSymbolicLink(place, Path.Combine(_folder.Path, "private", name is "sub" ? "" : name));
            first = false;
        }));

        Assert.Empty(_cache.Repo(s_repo).Commits());
        Assert.Empty(Directory.GetFiles(_cache.PartialFolder));
    }

    [Fact]
    public async Task A_local_dir_that_cannot_be_written_is_told_with_its_own_advice_and_leaves_no_half_file()
    {
        var done = await ImportAsync();
        var place = _folder.Folder("place");
        Directory.CreateDirectory(Path.Combine(place, "hello.txt", "x"));

        var error = Assert.Throws<DiskException>(() => LocalFolder.Place(_cache, place, new(s_repo, Revision.Main), done.Snapshot.Commit,
            TimeProvider.System, TestContext.Current.CancellationToken));

        Assert.Contains("name another folder with --local-dir", error.Message);
        Assert.DoesNotContain("cache", error.Message);
        Assert.Empty(Directory.GetFiles(place, "*.incomplete"));
    }

    [Fact]
    public async Task A_commit_is_no_name_for_an_import() =>
        await Assert.ThrowsAsync<InputException>(() => ImportAsync(request => request with { Revision = Revision.Parse(new('a', 40)) }));

    async Task<ImportResult> ImportAsync(Func<ImportRequest, ImportRequest>? change = null, Action<long>? readBytes = null)
    {
        var request = new ImportRequest(_folder.Folder("dir"), s_repo, Revision.Main);
        await using var engine = new ModelEngine(_cache, lan: null, TimeProvider.System, "0");
        var import = new ModelImport(engine, new([], SymlinksOff: false), change?.Invoke(request) ?? request, readBytes ?? (_ => { }), _ => { });
        return await import.RunAsync(TestContext.Current.CancellationToken);
    }

    void Put(string name, string content) => File.WriteAllText(_folder.File($"dir/{name}"), content);
}
