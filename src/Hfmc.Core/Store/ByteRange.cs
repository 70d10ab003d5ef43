namespace Hfmc.Core.Store;

/// <summary>Bytes from <c>Start</c> up to, not including, <c>End</c>.</summary>
public readonly record struct ByteRange(long Start, long End)
{
    public long Length => End - Start;

    public bool IsEmpty => End <= Start;

    public static ByteRange Whole(long size) => new(0, size);

    public override string ToString() => $"{Start}-{End - 1}";
}
