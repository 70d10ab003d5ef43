using Hfmc.Core.Xet;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Xet;

public sealed class XorbTests
{
    static readonly byte[] s_published = Convert.FromHexString(Vectors.Read("Xet", "xet-xorb-small.json").GetProperty("serialized_hex").GetString()!);

    static readonly byte[][] s_chunks =
        [.. Vectors.Read("Xet", "xet-xorb-small.json").GetProperty("chunks").EnumerateArray().Select(chunk => Convert.FromHexString(chunk.GetProperty("plain_hex").GetString()!))];

    [Fact]
    public void A_record_that_is_not_packed_is_that_of_a_xorb_of_others()
    {
        byte[] plain = s_chunks[0];
        var file = new CutFile(plain, new([Chunk.Of(plain)]));

        var record = file.Packed(Assert.Single(file.Map.Runs), 0, 8 + plain.Length);

        Assert.Equal(s_published[..record.Length], record);
    }

    [Fact]
    public void The_name_is_that_of_a_xorb_of_others_with_these_chunks()
    {
        var file = new CutFile([.. s_chunks.SelectMany(chunk => chunk)], new(s_chunks.Select(chunk => Chunk.Of(chunk))));

        var run = Assert.Single(file.Map.Runs);

        Assert.Equal(Vectors.Read("Xet", "xet-xorb-small.json").GetProperty("xorb_hash").GetString(), run.Name.ToString());
        Assert.Equal(s_chunks, XorbDecoder.Unpack(file.Packed(run, 0, run.PackedLength)));
    }

    [Fact]
    public void Any_part_of_it_is_that_part_of_the_whole() =>
        Seeds.Run(nameof(Any_part_of_it_is_that_part_of_the_whole), 50, random =>
        {
            var file = new CutFile(random, chunks: random.Next(1, 300));
            var run = file.Map.Runs[0];
            var whole = file.Packed(run, 0, run.PackedLength);
            var start = random.Next(whole.Length + 1);
            var end = random.Next(start, whole.Length + 1);

            Assert.Equal(whole[start..end], file.Packed(run, start, end));
        });

    [Fact]
    public void Chunks_that_do_not_make_up_its_name_are_refused() =>
        Seeds.Run(nameof(Chunks_that_do_not_make_up_its_name_are_refused), 50, random =>
        {
            var file = new CutFile(random, chunks: random.Next(2, 100));
            var run = file.Map.Runs[0];
            Chunk[] chunks = [.. Enumerable.Range(0, run.Count).Select(i => file.List[i])];
            Chunk[] lies = [.. chunks];
            ref var lie = ref lies[random.Next(lies.Length)];
            lie = random.Next(2) is 0 ? lie with { Length = lie.Length + 1 } : lie with { Hash = Chunk.HashOf([1, 2, 3]) };

            Assert.NotNull(Xorb.Of(run, chunks));
            Assert.Null(Xorb.Of(run, lies));
            Assert.Null(Xorb.Of(run, chunks.AsSpan(1)));
            Assert.Null(Xorb.Of(run with { Length = run.Length + 1 }, chunks));
        });
}
