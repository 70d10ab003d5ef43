using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>Where the bytes of one blob are gathered until their digest can be held against its name. Safe for several writers.</summary>
public interface IBlobTarget
{
    Blob Blob { get; }

    /// <summary>Bytes that are here.</summary>
    long Held { get; }

    /// <summary>The parts of <paramref name="window"/> that are not here yet, in order.</summary>
    IReadOnlyList<ByteRange> Gaps(ByteRange window);

    IReadOnlyList<ByteRange> Missing() => Gaps(ByteRange.Whole(Blob.Size));

    /// <summary>Takes what of the bytes is still missing; returns how many that were. Vouched: they are an upstream's own.</summary>
    int Write(long offset, ReadOnlySpan<byte> bytes, bool isVouched = false);

    /// <summary>Whether the bytes, now all here, have the digest that names the blob.</summary>
    Task<bool> AgreesAsync(CancellationToken cancellationToken);

    /// <summary>Forgets all bytes: they were not the blob's.</summary>
    Task ResetAsync();
}
