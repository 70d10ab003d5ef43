using Hfmc.Core.Sources;

namespace Hfmc.Core.Planning;

/// <summary>The peers that answered lately: for those who ask for one file after the other. Safe for several threads.</summary>
/// <param name="greet">Asks them all; null when there are none to ask.</param>
/// <param name="hasNone">Nobody is known to be greeted.</param>
/// <param name="time">The clock.</param>
sealed class Neighbourhood(Func<CancellationToken, Task<Neighbours?>> greet, Func<bool> hasNone, TimeProvider time)
{
    static readonly TimeSpan Good = TimeSpan.FromSeconds(10);

    readonly Lock _lock = new();
    Task<Neighbours?>? _greeting;
    long _begun;

    /// <summary>The answer is there at once.</summary>
    public bool IsKnown
    {
        get
        {
            lock (_lock)
                return IsGood && _greeting!.IsCompleted || hasNone();
        }
    }

    bool IsGood => _greeting is { IsFaulted: false, IsCanceled: false } && time.GetElapsedTime(_begun) < Good;

    public Task<Neighbours?> GetAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!IsGood)
                (_greeting, _begun) = (greet(CancellationToken.None), time.GetTimestamp());
            return _greeting!.WaitAsync(cancellationToken);
        }
    }
}
