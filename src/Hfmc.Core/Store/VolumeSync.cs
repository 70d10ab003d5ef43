using Hfmc.Core.Platform;

namespace Hfmc.Core.Store;

/// <summary>
/// One sync of the volume for many small files: who asks while a sync runs shares the next one, as databases group their
/// commits. Where the system cannot sync a volume, the file itself is synced.
/// </summary>
public sealed class VolumeSync(string folder)
{
    readonly Lock _lock = new();
    Task _running = Task.CompletedTask;
    Task? _next;

    /// <summary>Returns when the file, written before the call, is durable.</summary>
    public Task MakeDurableAsync(string file)
    {
        if (!OperatingSystem.IsLinux())
            return Task.Run(() => SyncOne(file));
        lock (_lock)
            return _next ??= Task.Run(() => AfterAsync(_running));
    }

    async Task AfterAsync(Task running)
    {
        await running;
        lock (_lock)
            (_running, _next) = (_next ?? Task.CompletedTask, null);
        NativeFiles.TrySyncVolume(folder);
    }

    static void SyncOne(string file)
    {
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }
}
