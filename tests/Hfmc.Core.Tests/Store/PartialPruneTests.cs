using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Xunit;
using static Hfmc.Core.Tests.Store.CacheFixture;

namespace Hfmc.Core.Tests.Store;

public sealed class PartialPruneTests : IDisposable
{
    const int Size = 3 << 20;

    static readonly CommitId A = Commit('a');

    readonly CacheFixture _cache = new();

    string Folder => _cache.Cache.PartialFolder;

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task A_partial_that_no_record_lists_goes_with_journal_and_lock()
    {
        await BeginAsync("x");

        await PruneAsync();

        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task A_partial_that_a_record_lists_stays()
    {
        var blob = await BeginAsync("x");
        _cache.PutRecord(A, Recorded(blob));

        await PruneAsync();

        Assert.Equal(1 << 20, PartialBlob.HeldOnDisk(Folder, blob));
    }

    [Fact]
    public async Task A_partial_whose_blob_has_come_another_way_goes()
    {
        var blob = await BeginAsync("x");
        _cache.PutRecord(A, Recorded(blob));
        _cache.PutBlob(new('x', Size), blob.ETag);

        await PruneAsync();

        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task A_partial_that_is_being_written_stays_and_is_named()
    {
        var blob = await BeginAsync("x");
        await using var running = PartialBlob.TryOpen(Folder, blob);

        Assert.Equal([blob.ETag], (await PruneAsync()).Busy);
        Assert.True(File.Exists(running!.Paths.Bytes));
    }

    [Fact]
    public async Task A_lock_without_a_partial_goes_unless_it_is_held()
    {
        var (free, held) = (new PartialPaths(Folder, Sha256Of("free")).Lock, new PartialPaths(Folder, Sha256Of("held")).Lock);
        File.WriteAllBytes(free, []);
        using var ours = PartialLock.TryTake(held);

        await PruneAsync();

        Assert.Equal([held], Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task Only_temporaries_of_yesterday_go()
    {
        File.WriteAllBytes(Path.Combine(Folder, "0000000a.tmp"), [1]);

        await PruneAsync();
        Assert.Single(Directory.GetFiles(Folder));

        await PruneAsync(new ShiftedTime(TimeSpan.FromHours(25)));
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task What_somebody_else_put_there_stays()
    {
        File.WriteAllText(Path.Combine(Folder, "notes.txt"), "mine");

        await PruneAsync(new ShiftedTime(TimeSpan.FromDays(99)));

        Assert.Single(Directory.GetFiles(Folder));
    }

    async Task<Blob> BeginAsync(string text)
    {
        var blob = new Blob(Sha256Of(text), Size);
        await using var partial = PartialBlob.TryOpen(Folder, blob);
        partial!.Write(0, new byte[1 << 20]);
        return blob;
    }

    async Task<PartialOutcome> PruneAsync(TimeProvider? time = null)
    {
        var prune = new PartialPrune(_cache.Cache, _cache.Records, time ?? TimeProvider.System);
        return await prune.ExecuteAsync(prune.Plan(), TimeSpan.Zero, TestContext.Current.CancellationToken);
    }

    static RecordedFile Recorded(Blob blob) => new(new(At("model.bin"), blob), Ours: false);
}
