using System.Security.Cryptography;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Guide;

/// <summary>Uninstall removes what hfmc created, and only that.</summary>
public sealed class UninstallTests : NodeTest
{
    FakeHub _hub = null!;
    HfmcNode _node = null!;

    string Hub => Path.Combine(_node.CacheRoot, "hub");

    string Imported => Path.Combine(Hub, "models--me--mine");

    public override async ValueTask InitializeAsync()
    {
        _hub = await HubAsync();
        Publish(_hub, "acme/tiny", ("config.json", BytesContent.Of("{}")), ("model.bin", new PatternContent(2_000_000)));
        _node = Node("lone").At(_hub.Endpoint);
        await _node.AddAsync("acme/tiny");
        await File.WriteAllTextAsync(Place.File("mine/weights.txt"), "weights", Cancelled);
        (await _node.RunAsync("model", "import", Place.Folder("mine"), "-r", "me/mine")).Succeeded();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_python_and_the_user_put_there_stays(bool deleteImported)
    {
        var python = PutPythonRepo();
        string[] theirs = [Path.Combine(Hub, "notes.txt"), Path.Combine(_node.CacheRoot, "mine.txt"), Path.Combine(_node.Environment["HFMC_HOME"], "notes.txt")];
        await _node.StartDaemonAsync();
        foreach (var file in theirs)
            await File.WriteAllTextAsync(file, "mine", Cancelled);

        (await _node.RunAsync(deleteImported ? ["uninstall", "-y", "--delete-imported"] : ["uninstall", "-y"])).Succeeded();

        Assert.Equal("python", await File.ReadAllTextAsync(python, Cancelled));
        Assert.All(theirs, file => Assert.True(File.Exists(file), file));
        Assert.False(Directory.Exists(Path.Combine(Hub, "models--acme--tiny")));
        Assert.Equal(!deleteImported, Directory.Exists(Imported));
        Assert.False(Directory.Exists(Path.Combine(_node.CacheRoot, "partial")));
        Assert.Equal(["notes.txt"], Directory.GetFileSystemEntries(_node.Environment["HFMC_HOME"]).Select(Path.GetFileName));
        (await _node.RunAsync("daemon", "status")).Ended(3);
    }

    [Fact]
    public async Task A_file_that_python_added_to_a_repo_of_ours_stays_in_a_repo_that_can_be_read()
    {
        var blobs = Path.Combine(Hub, "models--acme--tiny", "blobs");
        var snapshot = Directory.GetDirectories(Path.Combine(Hub, "models--acme--tiny", "snapshots")).Single();
        var etag = Convert.ToHexStringLower(SHA256.HashData("python"u8));
        await File.WriteAllTextAsync(Path.Combine(blobs, etag), "python", Cancelled);
        File.CreateSymbolicLink(Path.Combine(snapshot, "theirs.txt"), $"../../blobs/{etag}");

        (await _node.RunAsync("uninstall", "-y")).Succeeded();

        Assert.Equal("python", await File.ReadAllTextAsync(Path.Combine(snapshot, "theirs.txt"), Cancelled));
        Assert.Equal([Path.Combine(snapshot, "theirs.txt")], Directory.GetFiles(snapshot));
        Assert.Equal([Path.Combine(blobs, etag)], Directory.GetFiles(blobs));
    }

    [Fact]
    public async Task With_keep_models_everything_in_the_hub_stays()
    {
        (await _node.RunAsync("uninstall", "-y", "--keep-models")).Succeeded();

        Assert.True(Directory.Exists(Path.Combine(Hub, "models--acme--tiny")));
        Assert.True(Directory.Exists(Imported));
        Assert.False(Directory.Exists(_node.Environment["HFMC_HOME"]));
    }

    [Fact]
    public async Task Models_in_former_caches_are_named_and_go_too()
    {
        var (other, gone) = (Path.Combine(Place.Path, "other"), Path.Combine(Place.Path, "gone"));
        foreach (var cache in (string[])[gone, other])
            (await _node.RunAsync("conf", "cache", "set", cache)).Succeeded();
        Directory.Delete(gone, recursive: true);
        await _node.AddAsync("acme/tiny");

        var plan = (await _node.RunAsync("uninstall", "--dry-run", "--json")).Succeeded().Json;
        var done = (await _node.RunAsync("uninstall", "-y")).Succeeded().ToString();

        var models = plan.GetProperty("removed").EnumerateArray().Where(item => item.GetProperty("what").GetString() is "acme/tiny").ToList();
        Assert.Equal([_node.CacheRoot, other], models.Select(item => item.GetProperty("cache").GetString()).Order(StringComparer.Ordinal));
        Assert.All(models, item => Assert.True(item.GetProperty("bytes").GetInt64() > 0));
        Assert.Contains(plan.GetProperty("stays").EnumerateArray(), item => item.GetProperty("cache").GetString() == gone);
        Assert.Contains(plan.GetProperty("stays").EnumerateArray(), item => item.GetProperty("what").GetString() == $"me/mine in the former cache {_node.CacheRoot}");
        Assert.Contains($"the former cache {gone}", done);
        Assert.False(Directory.Exists(other));
        Assert.False(Directory.Exists(Path.Combine(Hub, "models--acme--tiny")));
        Assert.True(Directory.Exists(Imported));
    }

    [Fact]
    public async Task A_former_cache_of_another_user_is_named_and_stays()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "only root can give a folder away");
        (await _node.RunAsync("conf", "cache", "set", Path.Combine(Place.Path, "other"))).Succeeded();
        (await _node.Launch(_node.Describe("chown", "65534", _node.CacheRoot)).EndAsync(Cancelled)).Succeeded();

        var told = (await _node.RunAsync("uninstall", "-y")).Succeeded();

        Assert.Contains($"the former cache {_node.CacheRoot}: it belongs to another user", told.Stderr);
        Assert.True(Directory.Exists(Path.Combine(Hub, "models--acme--tiny")));
    }

    [Fact]
    public async Task Without_a_yes_and_nobody_to_ask_nothing_is_removed()
    {
        var told = await _node.RunAsync("uninstall");

        Assert.NotEqual(0, told.ExitCode);
        Assert.True(Directory.Exists(Path.Combine(Hub, "models--acme--tiny")));
    }

    string PutPythonRepo()
    {
        var repo = Path.Combine(Hub, "models--py--made");
        var commit = new string('a', 40);
        foreach (var folder in (string[])["blobs", "refs", $"snapshots/{commit}"])
            Directory.CreateDirectory(Path.Combine(repo, folder));
        var etag = Convert.ToHexStringLower(SHA256.HashData("python"u8));
        File.WriteAllText(Path.Combine(repo, "blobs", etag), "python");
        File.WriteAllText(Path.Combine(repo, "refs", "main"), commit);
        return File.CreateSymbolicLink(Path.Combine(repo, "snapshots", commit, "model.bin"), $"../../blobs/{etag}").FullName;
    }
}
