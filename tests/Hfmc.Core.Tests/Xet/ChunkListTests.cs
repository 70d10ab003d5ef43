using System.Buffers.Binary;
using Hfmc.Core.Hashing;
using Hfmc.Core.Xet;
using Hfmc.Testing;
using Xunit;
using static Hfmc.Core.Tests.Xet.ChunkingData;

namespace Hfmc.Core.Tests.Xet;

public sealed class ChunkListTests
{
    // Where the fields of the form are.
    const int SizeAt = 8, CountAt = 16, FirstLengthAt = 20 + 32, SecondLengthAt = FirstLengthAt + 36;

    static readonly byte[] s_data = Random(1_000_000);

    static readonly ChunkList s_list = ChunkListBuilder.Of(s_data, ChunkRule.Current);

    [Fact]
    public void A_list_is_read_as_it_was_written()
    {
        var bytes = s_list.ToBytes();
        var read = ChunkList.Read(bytes, s_list.Size);

        Assert.NotNull(read);
        Assert.Equal(All(s_list), All(read));
        Assert.Equal((s_data.Length, s_list.FileId), (read.Size, read.FileId));
        Assert.InRange(bytes.Length, 0, ChunkList.MostBytes(s_data.Length));
    }

    [Fact]
    public void The_list_of_nothing_is_a_list_too()
    {
        var read = ChunkList.Read(ChunkListBuilder.Of([], ChunkRule.Current).ToBytes(), 0);

        Assert.Equal((0, 0, default), (read!.Count, read.Size, read.FileId));
        Assert.Equal((0, 0), read.Inside(0, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => read.IndexAt(0));
    }

    [Fact]
    public void Any_changed_byte_and_any_other_length_makes_it_worthless() =>
        Seeds.Run(nameof(Any_changed_byte_and_any_other_length_makes_it_worthless), 200, random =>
        {
            var bytes = s_list.ToBytes();

            Assert.Null(ChunkList.Read(bytes.AsSpan(0, random.Next(bytes.Length)), s_list.Size));
            Assert.Null(ChunkList.Read([.. bytes, .. new byte[random.Next(1, 80)]], s_list.Size));
            bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256);
            Assert.Null(ChunkList.Read(bytes, s_list.Size));
        });

    public static TheoryData<string, int, uint> Lies => new()
    {
        { "a chunk of no bytes", FirstLengthAt, 0 },
        { "a chunk longer than any", FirstLengthAt, (128 << 10) + 1 },
        { "a length that is negative to some", FirstLengthAt, uint.MaxValue },
        { "a sum that is not the size", SecondLengthAt, 9000 },
        { "more chunks than there are bytes for", CountAt, 20 },
        { "a count that overflows", CountAt, uint.MaxValue },
        { "another size", SizeAt, 999_999 },
    };

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_list_that_cannot_be_one_is_refused_though_its_checksum_is_right(string lie, int at, uint value)
    {
        var bytes = s_list.ToBytes();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);
        Seal(bytes);

        Assert.True(ChunkList.Read(bytes, s_data.Length) is null, lie);
    }

    [Fact]
    public void More_chunks_than_the_size_can_have_are_refused()
    {
        var bytes = new ChunkList(Enumerable.Repeat(new Chunk(default, 1000), 20)).ToBytes();

        Assert.Null(ChunkList.Read(bytes, 20_000));
    }

    [Fact]
    public void What_is_no_list_is_refused() =>
        Seeds.Run(nameof(What_is_no_list_is_refused), 200, random =>
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);

            Assert.Null(ChunkList.Read(bytes, random.NextInt64(-1, long.MaxValue)));
        });

    [Fact]
    public void Only_the_published_id_is_proven()
    {
        Assert.True(s_list.Proves(Published.GetProperty("generator_splitmix64").GetProperty("file_hash").GetString()));
        Assert.False(s_list.Proves(Published.GetProperty("generator_splitmix64").GetProperty("xorb_hash").GetString()));
        Assert.False(s_list.Proves(null));
        Assert.False(s_list.Proves(new('*', 64)));
    }

    [Fact]
    public void A_chunk_knows_its_bytes()
    {
        for (var i = 0; i < s_list.Count; i++)
        {
            var bytes = s_data.AsSpan()[(int)s_list.StartOf(i)..(int)s_list.EndOf(i)];

            Assert.True(s_list.Check(i, bytes));
            Assert.False(s_list.Check(i, bytes[1..]));
            byte[] other = [.. bytes];
            other[i] ^= 1;
            Assert.False(s_list.Check(i, other));
        }
    }

    [Fact]
    public void Every_byte_is_in_the_chunk_that_covers_it()
    {
        var (index, end) = (0, s_list.EndOf(0));
        for (var offset = 0; offset < s_data.Length; offset++)
        {
            if (offset == end)
                end = s_list.EndOf(++index);
            Assert.Equal(index, s_list.IndexAt(offset));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => s_list.IndexAt(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_list.IndexAt(s_data.Length));
    }

    [Fact]
    public void The_chunks_inside_a_range_are_those_that_begin_and_end_in_it() =>
        Seeds.Run(nameof(The_chunks_inside_a_range_are_those_that_begin_and_end_in_it), 500, random =>
        {
            // Often on the very border of a chunk.
            long Border() => random.Next(2) is 0 ? random.Next(s_data.Length + 10) : s_list.EndOf(random.Next(s_list.Count)) + random.Next(-1, 2);
            var (start, end) = (Border(), Border());

            var (first, after) = s_list.Inside(start, end);

            Assert.Equal(
                Enumerable.Range(0, s_list.Count).Where(i => s_list.StartOf(i) >= start && s_list.EndOf(i) <= end),
                Enumerable.Range(first, after - first));
        });

    static void Seal(byte[] bytes) =>
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(bytes.Length - 4), Crc32C.Compute(bytes.AsSpan(0, bytes.Length - 4)));

    static IEnumerable<Chunk> All(ChunkList list) => Enumerable.Range(0, list.Count).Select(i => list[i]);
}
