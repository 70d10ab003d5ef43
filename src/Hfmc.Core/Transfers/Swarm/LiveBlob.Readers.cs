using Hfmc.Core.Store;

namespace Hfmc.Core.Transfers;

/// <summary>What those see of it who are sent its bytes while they come, and could be sent wrong ones.</summary>
public sealed partial class LiveBlob
{
    volatile bool _hasAgreed, _hasProof;

    /// <summary>Beats when it has opened, closed or forgotten bytes, and when its digest has agreed.</summary>
    public Pulse Turned { get; } = new();

    /// <summary>The requests that bring it.</summary>
    public BlobReads Reads { get; } = new();

    /// <summary>All bytes are here, and right.</summary>
    public bool HasAgreed => _hasAgreed;

    /// <summary>A list of its chunks is here that the Hub's id proves: what peers send can be shown once it was held against that.</summary>
    public bool HasProof { get => _hasProof; internal set => _hasProof = value; }

    /// <summary>Told of each range that was wrong.</summary>
    public event Action<IReadOnlyList<ByteRange>>? Forgot;

    internal PartialBlob? Partial
    {
        get
        {
            lock (_lock)
                return _partial;
        }
    }

    internal void Agree()
    {
        _hasAgreed = true;
        BeatAll();
    }

    /// <summary>These bytes may be shown.</summary>
    internal void Vouch(ByteRange range)
    {
        Partial?.Vouch(range);
        Stir(range);
    }

    /// <summary>Who waits for these bytes looks again.</summary>
    internal void Stir(ByteRange range)
    {
        for (var piece = Grid.PieceAt(range.Start); piece <= Grid.PieceAt(range.End - 1); piece++)
            if (_arrived.TryGetValue(piece, out var arrived))
                arrived.Beat();
    }

    void BeatAll()
    {
        foreach (var arrived in _arrived.Values)
            arrived.Beat();
        Turned.Beat();
    }
}
