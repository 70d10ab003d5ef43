using Hfmc.Core.Store;

namespace Hfmc.Core.Transfers;

/// <summary>Which bytes came from whom, so that blame follows them. Safe for several threads.</summary>
sealed class SwarmGivers(PieceGrid grid)
{
    readonly Lock _lock = new();
    readonly Dictionary<int, HashSet<SwarmMember>> _ofPiece = [];

    public void Gave(SwarmMember member, long offset, int length)
    {
        lock (_lock)
            for (var piece = grid.PieceAt(offset); piece <= grid.PieceAt(offset + length - 1); piece++)
            {
                if (!_ofPiece.TryGetValue(piece, out var givers))
                    _ofPiece[piece] = givers = [];
                givers.Add(member);
            }
    }

    /// <summary>Everybody who gave bytes of these pieces: one alone is the one to blame.</summary>
    public IReadOnlyCollection<SwarmMember> Of(ByteRange range)
    {
        lock (_lock)
            return [.. Enumerable.Range(grid.PieceAt(range.Start), grid.PieceAt(range.End - 1) - grid.PieceAt(range.Start) + 1)
                .SelectMany(piece => _ofPiece.GetValueOrDefault(piece) ?? []).Distinct()];
    }

    public void Forget(int piece)
    {
        lock (_lock)
            _ofPiece.Remove(piece);
    }
}
