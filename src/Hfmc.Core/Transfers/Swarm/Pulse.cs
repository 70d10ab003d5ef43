namespace Hfmc.Core.Transfers;

/// <summary>Wakes all who wait, each time something has changed. Take <see cref="Next"/> before looking: then no change is missed.</summary>
public sealed class Pulse
{
    TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Next => Volatile.Read(ref _next).Task;

    public void Beat() => Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
