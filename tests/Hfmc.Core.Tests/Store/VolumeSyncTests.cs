using Hfmc.Core.Store;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Store;

public sealed class VolumeSyncTests : IDisposable
{
    readonly TempFolder _folder = new();
    readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task The_first_file_waits_for_nobody_and_those_soon_after_share_one_sync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere each file is synced");
        var sync = new VolumeSync(_folder.Path, _time);
        await sync.MakeDurableAsync("");
        Assert.Equal(1, sync.Count);

        var later = Enumerable.Range(0, 50).Select(_ => sync.MakeDurableAsync("")).ToList();
        await _time.WaitForTimersAsync(1, TestContext.Current.CancellationToken);
        Assert.All(later, waiting => Assert.False(waiting.IsCompleted));
        _time.Advance(VolumeSync.Pace);
        await Task.WhenAll(later);

        Assert.Equal(2, sync.Count);
    }
}
