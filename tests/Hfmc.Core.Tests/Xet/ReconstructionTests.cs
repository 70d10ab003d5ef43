using System.Text;
using Hfmc.Core.Xet;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Xet;

/// <summary>Files told as xorbs, and put together again by a decoder that knows only the protocol.</summary>
public sealed class ReconstructionTests
{
    [Fact]
    public void Any_range_of_any_file_comes_back_from_the_bytes_of_its_xorbs() =>
        Seeds.Run(nameof(Any_range_of_any_file_comes_back_from_the_bytes_of_its_xorbs), 8, random =>
        {
            var file = new CutFile(random, chunks: random.Next(1, 20_000));
            for (var i = 0; i < 8; i++)
            {
                var start = random.NextInt64(file.List.Size);
                var end = random.Next(3) is 0 ? file.List.Size : random.NextInt64(start, file.List.Size) + 1;

                var told = Reconstruction.Of(file.Map, start, end, file.Open);

                Assert.Equal(file.Bytes[(int)start..(int)end], XorbDecoder.Assemble(told!, end - start, file.Packed));
            }
        });

    [Fact]
    public void The_whole_file_is_told_without_opening_a_xorb()
    {
        var file = new CutFile(new(1), chunks: 20_000);

        var told = Reconstruction.Of(file.Map, 0, file.List.Size, _ => throw new InvalidOperationException("opened"));

        Assert.Equal(file.Bytes, XorbDecoder.Assemble(told!, file.List.Size, file.Packed));
        Assert.Equal(3, told!.Terms.Count);
    }

    [Fact]
    public void Equal_runs_are_one_xorb_whose_pieces_neither_overlap_nor_touch()
    {
        var bytes = new byte[3 * Xorb.MostChunks * 4];
        var list = new ChunkList(Enumerable.Repeat(Chunk.Of(bytes.AsSpan(0, 4)), 3 * Xorb.MostChunks));
        var file = new CutFile(bytes, list);
        var name = Assert.Single(file.Map.Runs.Select(run => run.Name).Distinct());

        var apart = Reconstruction.Of(file.Map, (Xorb.MostChunks * 4) - 10, (Xorb.MostChunks * 4) + 10, file.Open)!;
        var over = Reconstruction.Of(file.Map, 9, bytes.Length - 9, file.Open)!;

        Assert.Equal([(0, 3), (Xorb.MostChunks - 3, Xorb.MostChunks)], Assert.Single(apart.Fetches).Pieces.Select(piece => (piece.First, piece.End)));
        Assert.Equal([(0, Xorb.MostChunks)], Assert.Single(over.Fetches).Pieces.Select(piece => (piece.First, piece.End)));
        Assert.Equal([name, name, name], over.Terms.Select(term => term.Xorb));
        Assert.Equal(new byte[20], XorbDecoder.Assemble(apart, 20, file.Packed));
        Assert.Equal(new byte[bytes.Length - 18], XorbDecoder.Assemble(over, bytes.Length - 18, file.Packed));
    }

    [Fact]
    public void A_range_whose_xorb_cannot_be_opened_is_not_told()
    {
        var file = new CutFile(new(2), chunks: 20);

        Assert.Null(Reconstruction.Of(file.Map, 1, file.List.Size, _ => null));
    }

    [Fact]
    public void A_file_of_unknown_content_is_cut_evenly_and_comes_back_all_the_same() =>
        Seeds.Run(nameof(A_file_of_unknown_content_is_cut_evenly_and_comes_back_all_the_same), 2, random =>
        {
            var bytes = new byte[random.Next(1, 150 << 20)];
            random.NextBytes(bytes.AsSpan(0, Math.Min(bytes.Length, 1 << 20)));
            bytes[^1] = 7;
            var map = XorbMap.Even(bytes.Length, Name);
            var (start, end) = (random.Next(bytes.Length), bytes.Length);

            var told = Reconstruction.Of(map, start, end, Xorb.Even)!;

            Assert.True(map.IsEven);
            Assert.Equal(bytes.LongLength, map.Size);
            Assert.Equal(map.Runs.Count, map.Runs.Select(run => run.Name).Distinct().Count());
            Assert.True(bytes.AsSpan(start).SequenceEqual(XorbDecoder.Assemble(told, end - start, (run, from, to) => CutFile.Pack(bytes, Xorb.Even(run), from, to))));
        });

    [Fact]
    public void Every_xorb_keeps_the_limits_of_the_format_and_they_follow_each_other_without_a_gap() =>
        Seeds.Run(nameof(Every_xorb_keeps_the_limits_of_the_format_and_they_follow_each_other_without_a_gap), 5, random =>
        {
            var chunks = Enumerable.Range(0, random.Next(1, 20_000)).Select(i => new Chunk(Name(i), random.Next(1, random.Next(1, ChunkCutter.Longest + 1) + 1)));
            var list = new ChunkList([.. chunks]);
            XorbMap[] maps = [XorbMap.Of(list), XorbMap.Even(list.Size, Name)];

            foreach (var map in maps)
            {
                Assert.Equal(list.Size, map.Size);
                Assert.All(map.Runs, run => Assert.True(run.Count is > 0 and <= 8192 && run.PackedLength + (run.Count * 40) + 96 <= 64 << 20));
                Assert.Equal(map.Runs.Skip(1).Select(run => (run.First, run.Start)), map.Runs.SkipLast(1).Select(run => (run.First + run.Count, run.End)));
            }
        });

    static XetHash Name(int number) => Chunk.HashOf(Encoding.ASCII.GetBytes($"{number}"));
}
