using Hfmc.Core.Store;
using Xunit;

namespace Hfmc.Core.Tests.Store;

public sealed class CacheFolderTests : IDisposable
{
    readonly TempDirectory _folder = new();

    string Root => Path.Combine(_folder.Path, "cache");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_cache_that_has_vanished_is_not_made_again()
    {
        var error = Assert.Throws<DiskException>(() => CacheFolder.Open(Root, mayCreate: false));

        Assert.Contains("is not there", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Root));
    }

    [Fact]
    public void A_cache_that_vanishes_while_it_is_open_is_not_made_again()
    {
        var cache = CacheFolder.Open(Root, mayCreate: true);
        Directory.Delete(Root);

        Assert.Throws<DiskException>(cache.EnsureCreated);
        Assert.False(Directory.Exists(Root));
    }

    [Fact]
    public void The_hub_folder_carries_the_tag_that_python_writes()
    {
        CacheFolder.Open(Root, mayCreate: true).EnsureCreated();

        var tag = File.ReadAllText(Path.Combine(Root, "hub", "CACHEDIR.TAG"));
        Assert.Equal(191, tag.Length);
        Assert.StartsWith("Signature: 8a477f597d28d172789f06886806bc55\n#", tag, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tag_that_is_there_is_left()
    {
        var cache = CacheFolder.Open(Root, mayCreate: true);
        Directory.CreateDirectory(cache.HubFolder);
        File.WriteAllText(Path.Combine(cache.HubFolder, "CACHEDIR.TAG"), "theirs");

        cache.EnsureCreated();

        Assert.Equal("theirs", File.ReadAllText(Path.Combine(cache.HubFolder, "CACHEDIR.TAG")));
    }

    [Fact]
    public void A_hub_folder_is_refused_as_a_cache_and_its_parent_named()
    {
        Directory.CreateDirectory(Path.Combine(Root, "hub", "models--gpt2"));

        var error = Assert.Throws<InputException>(() => CacheFolder.Open(Path.Combine(Root, "hub"), mayCreate: false));

        Assert.Contains($"use its parent, {Root},", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_folders_named_as_repos_are_repos()
    {
        var cache = CacheFolder.Open(Root, mayCreate: true);
        foreach (var name in (string[])["models--gpt2", "datasets--a--b", "kernels--a--b", ".locks", "other", "models--a--b--c"])
            Directory.CreateDirectory(Path.Combine(cache.HubFolder, name));

        Assert.Equal(["datasets/a/b", "gpt2"], cache.Repos().Select(repo => repo.Repo.ToString()));
    }

    [Fact]
    public void Probing_leaves_nothing_behind()
    {
        var cache = CacheFolder.Open(Root, mayCreate: true);

        Assert.Equal(!OperatingSystem.IsWindows(), cache.Traits.HasLinks);
        Assert.Empty(Directory.GetFileSystemEntries(cache.LocksFolder));
    }
}
