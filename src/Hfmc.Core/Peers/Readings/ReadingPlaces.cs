using System.Security.Cryptography;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;

namespace Hfmc.Core.Peers;

/// <summary>Some bytes of a file.</summary>
public readonly record struct ReadingPlace(RepoFile File, ByteRange Range);

/// <summary>
/// Where a repo is to be read as a proof: 32 fractions of 2^64, which say nothing of what the one that draws them has. Those of even number
/// are parts of all bytes together, so that what is large is surely read; those of odd number are parts of the list of files, so that small
/// files are read too. Drawn one from each sixteenth: luck helps nobody who has most of it but not all.
/// </summary>
public static class ReadingPlaces
{
    public const int Count = 32;

    /// <summary>Bytes read at each place, and bytes of large files that a repo must have to be proven by reading.</summary>
    public const int Length = 256, FewestBytes = 64 << 10;

    public static ulong[] Draw()
    {
        var places = new ulong[Count];
        const int strata = Count / 2;
        for (var at = 0; at < Count; at++)
            places[at] = (((ulong)(at / 2)) * (ulong.MaxValue / strata)) + BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))) / strata;
        return places;
    }

    /// <summary>The places in a snapshot; null when it has too little in large file storage.</summary>
    public static IReadOnlyList<ReadingPlace>? In(IEnumerable<RepoFile> files, IReadOnlyList<ulong> fractions)
    {
        RepoFile[] large = [.. files.Where(file => file.ETag.Kind is DigestKind.Sha256 && file.Size > 0).OrderBy(file => file.Path.Text, StringComparer.Ordinal)];
        var total = large.Aggregate(UInt128.Zero, (sum, file) => sum + (ulong)file.Size);
        if (total < FewestBytes || total > long.MaxValue || fractions.Count is not Count)
            return null;
        return [.. fractions.Select((fraction, at) => at % 2 is 0 ? ByBytes(large, (ulong)total, fraction) : ByFiles(large, fraction))];
    }

    static ReadingPlace ByBytes(RepoFile[] files, ulong total, ulong fraction)
    {
        var offset = (long)Part(total, fraction);
        var at = 0;
        while (offset >= files[at].Size)
            offset -= files[at++].Size;
        return At(files[at], offset);
    }

    // What is left of the fraction when it has named the file names the place in it.
    static ReadingPlace ByFiles(RepoFile[] files, ulong fraction)
    {
        var product = Math.BigMul((ulong)files.Length, fraction, out var rest);
        return At(files[product], (long)Part((ulong)files[product].Size, rest));
    }

    static ReadingPlace At(RepoFile file, long offset)
    {
        var start = Math.Max(0, Math.Min(offset, file.Size - Length));
        return new(file, new(start, Math.Min(file.Size, start + Length)));
    }

    static ulong Part(ulong whole, ulong fraction) => Math.BigMul(whole, fraction, out _);
}
