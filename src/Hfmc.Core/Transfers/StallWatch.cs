namespace Hfmc.Core.Transfers;

/// <summary>Cancels what waits too long without progress, and tells that apart from the caller's own cancelling.</summary>
public sealed class StallWatch(TimeProvider time, TimeSpan patience, CancellationToken caller) : IDisposable
{
    readonly CancellationTokenSource _timeout = new(patience, time);
    CancellationTokenSource? _linked;

    /// <summary>True when patience ran out and the caller has not cancelled.</summary>
    public bool HasFired => _timeout.IsCancellationRequested && !caller.IsCancellationRequested;

    /// <summary>Starts the wait anew; the token fires on either reason.</summary>
    public CancellationToken Renew() => Renew(patience);

    /// <summary>The same, with less patience if there is less left.</summary>
    public CancellationToken Renew(TimeSpan left)
    {
        _timeout.CancelAfter(left < TimeSpan.Zero ? TimeSpan.Zero : left < patience ? left : patience);
        return (_linked ??= CancellationTokenSource.CreateLinkedTokenSource(_timeout.Token, caller)).Token;
    }

    public void Dispose()
    {
        _linked?.Dispose();
        _timeout.Dispose();
    }
}
