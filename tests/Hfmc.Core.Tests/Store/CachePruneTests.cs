using Hfmc.Core.Store;
using Xunit;
using static Hfmc.Core.Tests.Store.CacheFixture;

namespace Hfmc.Core.Tests.Store;

public sealed class CachePruneTests : IDisposable
{
    readonly CacheFixture _cache = new();

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task Only_blobs_without_a_link_go()
    {
        var used = _cache.Add(Commit('a'), "a", "used");
        _cache.PutBlob("orphan");
        var prune = After(TimeSpan.FromHours(1));

        var plan = prune.Plan(null);
        var outcome = await prune.ExecuteAsync(plan, CancellationToken.None);

        Assert.Equal(Sha256Of("orphan"), Assert.Single(plan.Orphans).ETag);
        Assert.Equal((6, 6), (plan.Bytes, outcome.Bytes));
        Assert.Equal("used", File.ReadAllText(used));
        Assert.False(File.Exists(_cache.Folder.BlobFile(Sha256Of("orphan"))));
    }

    [Fact]
    public void A_blob_that_may_be_about_to_get_its_link_is_left()
    {
        _cache.PutBlob("new");

        Assert.Empty(After(TimeSpan.Zero).Plan(null).Orphans);
    }

    [Fact]
    public async Task A_blob_that_got_its_link_after_the_plan_stays()
    {
        _cache.PutBlob("x");
        var prune = After(TimeSpan.FromHours(1));
        var plan = prune.Plan(Repo);
        var entry = _cache.Add(Commit('a'), "a", "x");

        await prune.ExecuteAsync(plan, CancellationToken.None);

        Assert.Equal("x", File.ReadAllText(entry));
    }

    [Fact]
    public async Task Unfinished_downloads_of_others_are_told_after_a_day_and_never_deleted()
    {
        Directory.CreateDirectory(_cache.Folder.BlobsFolder);
        var unfinished = Path.Combine(_cache.Folder.BlobsFolder, $"{Sha256Of("x")}.12345678.incomplete");
        File.WriteAllText(unfinished, "12");

        Assert.Empty(After(TimeSpan.FromHours(23)).Plan(null).Leftovers);
        var prune = After(TimeSpan.FromHours(25));
        var plan = prune.Plan(null);
        await prune.ExecuteAsync(plan, CancellationToken.None);

        Assert.Equal((unfinished, 2), (Assert.Single(plan.Leftovers).Path, plan.Leftovers[0].Size));
        Assert.True(File.Exists(unfinished));
    }

    [Fact]
    public async Task What_a_stopped_removal_left_behind_goes()
    {
        var half = Directory.CreateDirectory(Path.Combine(_cache.Cache.StateFolder, "removed", "12345678", "sub")).FullName;
        File.WriteAllText(Path.Combine(half, "f"), "123");
        var prune = After(TimeSpan.Zero);

        Assert.Equal(3, (await prune.ExecuteAsync(prune.Plan(null), CancellationToken.None)).Bytes);
        Assert.Empty(prune.Plan(null).Removed);
    }

    CachePrune After(TimeSpan later) => new(_cache.Cache, new ShiftedTime(later)) { LockPatience = TimeSpan.Zero };
}
