using Hfmc.Core.Platform;

namespace Hfmc.Core.Store;

/// <summary>
/// One sync of the volume for many small files: who asks while a sync runs, or soon after, shares the next one, as databases
/// group their commits. Where the system cannot sync a volume, the file itself is synced.
/// </summary>
/// <param name="folder">On the volume.</param>
/// <param name="time">The clock.</param>
/// <param name="before">Called before each sync, for what is to be durable with it.</param>
public sealed class VolumeSync(string folder, TimeProvider time, Action? before = null)
{
    // A sync costs the same for one file as for many.
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    readonly Lock _lock = new();
    Task _running = Task.CompletedTask;
    Task? _next;
    long? _lastBegun;

    /// <summary>Syncs so far.</summary>
    public int Count { get; private set; }

    /// <summary>Returns when the file, written before the call, is durable.</summary>
    public Task MakeDurableAsync(string file)
    {
        if (!OperatingSystem.IsLinux())
            return Task.Run(() => SyncOne(file, before));
        lock (_lock)
            return _next ??= Task.Run(() => AfterAsync(_running));
    }

    async Task AfterAsync(Task running)
    {
        await running;
        if (_lastBegun is { } last && Pace - time.GetElapsedTime(last) is { Ticks: > 0 } wait)
            await Task.Delay(wait, time);
        lock (_lock)
            (_running, _next, _lastBegun) = (_next ?? Task.CompletedTask, null, time.GetTimestamp());
        Count++;
        before?.Invoke();
        NativeFiles.TrySyncVolume(folder);
    }

    static void SyncOne(string file, Action? before)
    {
        before?.Invoke();
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.FlushToDisk(handle);
    }
}
