using Hfmc.Core.Xet;

namespace Hfmc.Core.Tests.Xet;

/// <summary>A file in memory whose chunks are much shorter than real ones, so that some hundred kilobytes fill several xorbs.</summary>
sealed class CutFile
{
    public CutFile(Random random, int chunks)
        : this(RandomBytes(random, chunks, out var lengths), lengths)
    {
    }

    public CutFile(byte[] bytes, ChunkList list) => (Bytes, List, Map) = (bytes, list, XorbMap.Of(list));

    CutFile(byte[] bytes, int[] lengths)
        : this(bytes, Cut(bytes, lengths))
    {
    }

    public byte[] Bytes { get; }

    public ChunkList List { get; }

    public XorbMap Map { get; }

    public Xorb? Open(XorbRun run) => Xorb.Of(run, [.. Enumerable.Range(run.First, run.Count).Select(i => List[i])]);

    /// <summary>Bytes of a xorb as it is served.</summary>
    public byte[] Packed(XorbRun run, int start, int end) => Pack(Bytes, Open(run)!, start, end);

    public static byte[] Pack(byte[] file, Xorb xorb, int start, int end)
    {
        var packed = new byte[end - start];
        var at = 0;
        foreach (var part in xorb.Parts(start, end))
        {
            if (part.FileStart is { } from)
                file.AsSpan((int)from, part.Length).CopyTo(packed.AsSpan(at));
            else
                part.WriteHeader(packed.AsSpan(at));
            at += part.Length;
        }
        return at == packed.Length ? packed : throw new InvalidDataException($"{at} bytes where {packed.Length} were promised");
    }

    static byte[] RandomBytes(Random random, int chunks, out int[] lengths)
    {
        lengths = [.. Enumerable.Range(0, chunks).Select(_ => random.Next(1, 50))];
        var bytes = new byte[lengths.Sum()];
        random.NextBytes(bytes);
        return bytes;
    }

    static ChunkList Cut(byte[] bytes, int[] lengths)
    {
        var chunks = new List<Chunk>(lengths.Length);
        var at = 0;
        foreach (var length in lengths)
        {
            chunks.Add(Chunk.Of(bytes.AsSpan(at, length)));
            at += length;
        }
        return new(chunks);
    }
}
