using System.Runtime.Versioning;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Xunit;
using static Hfmc.Core.Tests.Store.CacheFixture;

namespace Hfmc.Core.Tests.Store;

public sealed class PythonLockTests : IDisposable
{
    static readonly ETag Blob = Sha256Of("x");

    readonly CacheFixture _cache = new();

    string LockFile => Path.Combine(_cache.Cache.HubFolder, ".locks", "models--acme--tiny", $"{Blob}.lock");

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task A_lock_excludes_the_next_until_it_is_released()
    {
        var first = await Take(TimeSpan.Zero);
        Assert.True(first?.Excludes);
        Assert.Null(await Take(TimeSpan.Zero));

        first!.Dispose();

        using var second = await Take(TimeSpan.Zero);
        Assert.True(second?.Excludes);
    }

    [Fact]
    public async Task A_released_lock_leaves_its_empty_file()
    {
        (await Take(TimeSpan.Zero))?.Dispose();

        Assert.Equal(0, new FileInfo(LockFile).Length);
    }

    [Fact]
    public async Task A_lock_file_can_be_locked_by_the_whole_group()
    {
        if (OperatingSystem.IsWindows())
            return;

        using var taken = await Take(TimeSpan.Zero);

        Assert.Equal("664", Convert.ToString((int)ModeOf(LockFile), 8));
    }

    [Fact]
    public async Task A_lock_that_comes_free_within_the_patience_is_had()
    {
        var first = await Take(TimeSpan.Zero);
        var waiting = Take(TimeSpan.FromMinutes(1));
        Assert.False(waiting.IsCompleted);

        first!.Dispose();

        using var second = await waiting;
        Assert.NotNull(second);
    }

    [Fact]
    public async Task A_file_that_its_holder_unlinks_at_release_is_not_the_lock()
    {
        var first = await Take(TimeSpan.Zero);
        var waiting = Take(TimeSpan.FromMinutes(1));
        File.Delete(LockFile);
        first!.Dispose();

        using var second = await waiting;

        Assert.True(File.Exists(LockFile));
        Assert.Null(await Take(TimeSpan.Zero));
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        using var first = await Take(TimeSpan.Zero);
        using var cancel = new CancellationTokenSource();
        var waiting = PythonLock.TakeAsync(_cache.Folder, Blob, TimeSpan.FromMinutes(1), TimeProvider.System, cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Where_no_lock_file_can_be_made_nobody_is_excluded()
    {
        Directory.CreateDirectory(_cache.Cache.LocksFolder);
        await File.WriteAllTextAsync(Path.GetDirectoryName(LockFile)!, "a file in the way");

        using var taken = await Take(TimeSpan.FromMinutes(1));

        Assert.False(taken?.Excludes);
    }

    [UnsupportedOSPlatform("windows")]
    static UnixFileMode ModeOf(string file) => File.GetUnixFileMode(file);

    Task<PythonLock?> Take(TimeSpan patience) => PythonLock.TakeAsync(_cache.Folder, Blob, patience, TimeProvider.System, CancellationToken.None);
}
