using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Sources;

/// <summary>
/// The small blobs that the running adds of this node want, and which of them they have begun: what peers are told, and what a bundle
/// waits for. Only of what is public.
/// </summary>
public sealed class SmallBook
{
    readonly Lock _lock = new();
    readonly List<SmallWants> _adds = [];

    /// <summary>Beats when a blob has come, and when an add has ended.</summary>
    public Pulse Changed { get; } = new();

    /// <summary>Enters what an add wants, until the answer is disposed. Who cannot reach an upstream shares no work.</summary>
    public SmallWants Enter(IEnumerable<ETag> blobs, bool sharesWork)
    {
        var wants = new SmallWants(this, blobs, sharesWork);
        lock (_lock)
            _adds.Add(wants);
        return wants;
    }

    /// <summary>Takes out of the list what no add is waiting for any more, and returns it: it is here by now, or does not come.</summary>
    public IReadOnlyList<ETag> TakeSettled(List<ETag> waiting)
    {
        var settled = new List<ETag>();
        lock (_lock)
            waiting.RemoveAll(blob =>
            {
                if (_adds.Exists(add => add.IsComing(blob)))
                    return false;
                settled.Add(blob);
                return true;
            });
        return settled;
    }

    /// <summary>Of a list: which this node wants and shares the work of, and which of them it has begun to get from where they are whole.</summary>
    public (PieceSet Wanted, PieceSet Begun) Of(IReadOnlyList<ETag> blobs)
    {
        var (wanted, begun) = (new PieceSet(blobs.Count), new PieceSet(blobs.Count));
        lock (_lock)
            for (var at = 0; at < blobs.Count; at++)
                foreach (var add in _adds)
                    add.Mark(blobs[at], at, wanted, begun);
        return (wanted, begun);
    }

    internal void Set(Action change)
    {
        lock (_lock)
            change();
    }

    internal void Leave(SmallWants wants)
    {
        lock (_lock)
            _adds.Remove(wants);
        Changed.Beat();
    }
}

/// <summary>What one add wants.</summary>
public sealed class SmallWants : IDisposable
{
    enum State
    {
        Wanted,
        Begun,
        Here,
    }

    readonly SmallBook _book;
    readonly Dictionary<ETag, State> _blobs;
    readonly bool _sharesWork;

    internal SmallWants(SmallBook book, IEnumerable<ETag> blobs, bool sharesWork) =>
        (_book, _blobs, _sharesWork) = (book, blobs.ToDictionary(blob => blob, _ => State.Wanted), sharesWork);

    /// <summary>It is being got from an upstream, or from somebody who has it: others can wait for it here.</summary>
    public void Begin(ETag blob) => Move(blob, State.Begun);

    /// <summary>It has its name in the cache.</summary>
    public void Came(ETag blob)
    {
        Move(blob, State.Here);
        _book.Changed.Beat();
    }

    public void Dispose() => _book.Leave(this);

    internal bool IsComing(ETag blob) => _blobs.TryGetValue(blob, out var state) && state is not State.Here;

    internal void Mark(ETag blob, int at, PieceSet wanted, PieceSet begun)
    {
        if (!_blobs.TryGetValue(blob, out var state))
            return;
        if (_sharesWork)
            wanted.Add(at);
        if (state is not State.Wanted)
            begun.Add(at);
    }

    void Move(ETag blob, State to) => _book.Set(() =>
    {
        if (_blobs.TryGetValue(blob, out var state) && state < to)
            _blobs[blob] = to;
    });
}
