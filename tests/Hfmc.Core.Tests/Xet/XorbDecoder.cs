using System.Buffers.Binary;
using Hfmc.Core.Xet;

namespace Hfmc.Core.Tests.Xet;

/// <summary>
/// Puts a file together as the documentation of the download protocol has it, from nothing but terms, fetches and the bytes of xorbs. It
/// shares no arithmetic with what it tests.
/// </summary>
static class XorbDecoder
{
    /// <param name="told">What the CAS said.</param>
    /// <param name="length">Of the range that was asked for.</param>
    /// <param name="get">Bytes of a xorb, from the one number up to the other.</param>
    public static byte[] Assemble(Reconstruction told, long length, Func<XorbRun, int, int, byte[]> get)
    {
        var got = told.Fetches.ToDictionary(fetch => fetch.Run.Name, fetch => fetch.Pieces.ToDictionary(piece => piece, piece => Unpack(get(fetch.Run, piece.Start, piece.Stop))));
        var file = new MemoryStream();
        foreach (var term in told.Terms)
        {
            var (piece, chunks) = got[term.Xorb].Single(pair => pair.Key.First <= term.First && term.End <= pair.Key.End);
            if (chunks.Count != piece.End - piece.First)
                throw new InvalidDataException($"{chunks.Count} chunks where {piece} was promised");
            var before = file.Length;
            foreach (var chunk in chunks.GetRange(term.First - piece.First, term.End - term.First))
                file.Write(chunk);
            if (file.Length - before != term.Length)
                throw new InvalidDataException($"{file.Length - before} bytes where {term} was promised");
        }
        return file.ToArray().AsSpan(told.Offset, (int)length).ToArray();
    }

    /// <summary>The chunks of records that stand back to back.</summary>
    public static List<byte[]> Unpack(ReadOnlySpan<byte> records)
    {
        var chunks = new List<byte[]>();
        while (!records.IsEmpty)
        {
            var (version, packed, scheme, plain) = (records[0], Three(records[1..]), records[4], Three(records[5..]));
            if (version is not 0 || scheme is not 0 || packed != plain || plain is 0 or > 131072)
                throw new InvalidDataException($"a record of version {version}, scheme {scheme} and lengths {packed} and {plain}");
            chunks.Add(records.Slice(8, plain).ToArray());
            records = records[(8 + plain)..];
        }
        return chunks;
    }

    static int Three(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes) | (bytes[2] << 16);
}
