namespace Hfmc.Core.Xet;

/// <summary>Makes the chunk list of bytes that come in order, in slices of any length. Holds one chunk at most.</summary>
public sealed class ChunkListBuilder(ChunkRule rule)
{
    readonly ChunkCutter _cutter = new(rule);
    readonly List<Chunk> _chunks = [];
    readonly byte[] _begun = new byte[ChunkCutter.Longest];
    int _held;

    /// <summary>The list of bytes that are all here.</summary>
    public static ChunkList Of(ReadOnlySpan<byte> bytes, ChunkRule rule)
    {
        var builder = new ChunkListBuilder(rule);
        builder.Append(bytes);
        return builder.Finish();
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (_cutter.TryCut(bytes, out var taken))
        {
            Add(bytes[..taken]);
            bytes = bytes[taken..];
        }
        Hold(bytes);
    }

    /// <summary>The list; nothing may be appended after it.</summary>
    public ChunkList Finish()
    {
        if (_held > 0)
            _chunks.Add(Chunk.Of(_begun.AsSpan(0, _held)));
        return new(_chunks);
    }

    void Add(ReadOnlySpan<byte> end)
    {
        if (_held is 0)
        {
            _chunks.Add(Chunk.Of(end));
            return;
        }
        Hold(end);
        _chunks.Add(Chunk.Of(_begun.AsSpan(0, _held)));
        _held = 0;
    }

    void Hold(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_begun.AsSpan(_held));
        _held += bytes.Length;
    }
}
