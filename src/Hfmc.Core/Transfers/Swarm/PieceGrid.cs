using Hfmc.Core.Store;

namespace Hfmc.Core.Transfers;

/// <summary>
/// How a blob is cut into pieces, the unit that is planned and told to peers: 1 MiB each for blobs of up to 1 GiB, 2 up to 4 GiB,
/// 4 up to 16 GiB, else 8. Fixed for peer protocol v1, so that all members count alike.
/// </summary>
public readonly record struct PieceGrid(long Size)
{
    const long MiB = 1 << 20, GiB = 1 << 30;

    /// <summary>Pieces that a blob may have; a stranger's size beyond it (512 GiB) is not followed.</summary>
    public const int MostPieces = 1 << 16;

    /// <summary>Bytes of every piece but the last.</summary>
    public long PieceLength => Size switch { <= GiB => MiB, <= 4 * GiB => 2 * MiB, <= 16 * GiB => 4 * MiB, _ => 8 * MiB };

    public int Count => checked((int)((Size + PieceLength - 1) / PieceLength));

    public bool IsBounded => (Size + PieceLength - 1) / PieceLength <= MostPieces;

    public int PieceAt(long offset) => (int)(offset / PieceLength);

    public ByteRange Range(int first, int count = 1) => new(first * PieceLength, Math.Min(Size, (first + count) * PieceLength));
}
