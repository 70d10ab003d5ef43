using System.Buffers;
using System.Buffers.Text;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Hfmc.Core.Transfers;

/// <summary>A set of pieces of one blob, a bit each. Not safe for several threads.</summary>
public sealed class PieceSet(int count)
{
    readonly ulong[] _words = new ulong[(count + 63) / 64];

    /// <summary>Pieces that the blob has.</summary>
    public int Of => count;

    /// <summary>Pieces in the set.</summary>
    public int Count { get; private set; }

    public bool IsFull => Count == count;

    public bool Contains(int piece) => (_words[piece >> 6] >> (piece & 63) & 1) is not 0;

    /// <summary>False when it was there already.</summary>
    public bool Add(int piece)
    {
        if (Contains(piece))
            return false;
        _words[piece >> 6] |= 1UL << (piece & 63);
        Count++;
        return true;
    }

    /// <summary>False when it was not there.</summary>
    public bool Remove(int piece)
    {
        if (!Contains(piece))
            return false;
        _words[piece >> 6] &= ~(1UL << (piece & 63));
        Count--;
        return true;
    }

    public PieceSet Copy()
    {
        var copy = new PieceSet(count) { Count = Count };
        _words.CopyTo(copy._words, 0);
        return copy;
    }

    /// <summary>The pieces that are in this set and not in the other, in order.</summary>
    public IEnumerable<int> Except(PieceSet other)
    {
        for (var word = 0; word < _words.Length; word++)
            for (var left = _words[word] & ~other._words[word]; left is not 0; left &= left - 1)
                yield return (word << 6) + BitOperations.TrailingZeroCount(left);
    }

    /// <summary>The first piece at or after <paramref name="from"/> that is in all three sets; -1 when there is none.</summary>
    public int NextIn(PieceSet second, PieceSet third, int from)
    {
        for (var word = from >> 6; word < _words.Length; word++)
        {
            var common = _words[word] & second._words[word] & third._words[word];
            if (word == from >> 6)
                common &= ulong.MaxValue << (from & 63);
            if (common is not 0)
                return (word << 6) + BitOperations.TrailingZeroCount(common);
        }
        return -1;
    }

    /// <summary>Takes in what is in one set and not in the other.</summary>
    public void AddAll(PieceSet one, PieceSet except)
    {
        Count = 0;
        for (var word = 0; word < _words.Length; word++)
            Count += BitOperations.PopCount(_words[word] |= one._words[word] & ~except._words[word]);
    }

    public void Fill()
    {
        for (var piece = 0; piece < count; piece++)
            Add(piece);
    }

    public void Clear()
    {
        Array.Clear(_words);
        Count = 0;
    }

    /// <summary>The pieces that are not in the set, in order.</summary>
    public IEnumerable<int> Missing()
    {
        for (var word = 0; word < _words.Length; word++)
            for (var left = ~_words[word] & Valid(word); left is not 0; left &= left - 1)
                yield return (word << 6) + BitOperations.TrailingZeroCount(left);
    }

    /// <summary>As the peer protocol sends it: base64url of the bits, piece 0 the lowest bit of the first byte.</summary>
    public string ToText() => Base64Url.EncodeToString(MemoryMarshal.AsBytes<ulong>(_words)[..((count + 7) / 8)]);

    /// <summary>Null unless the text is exactly the bits of a blob with this many pieces.</summary>
    public static PieceSet? TryParse(string? text, int count)
    {
        var set = new PieceSet(count);
        var bytes = MemoryMarshal.AsBytes(set._words.AsSpan())[..((count + 7) / 8)];
        if (text is null || Base64Url.DecodeFromChars(text, bytes, out _, out var length) is not OperationStatus.Done || length != bytes.Length)
            return null;
        for (var word = 0; word < set._words.Length; word++)
        {
            if ((set._words[word] & ~set.Valid(word)) is not 0)
                return null;
            set.Count += BitOperations.PopCount(set._words[word]);
        }
        return set;
    }

    ulong Valid(int word) => word < count >> 6 ? ulong.MaxValue : (1UL << (count & 63)) - 1;
}
