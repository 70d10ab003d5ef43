using Hfmc.Core.Xet;
using Hfmc.Testing;
using Xunit;
using static Hfmc.Core.Tests.Xet.ChunkingData;

namespace Hfmc.Core.Tests.Xet;

public sealed class ChunkListMakerTests : IDisposable
{
    // One of the patterns that the two rules cut differently, and random data around it.
    static readonly byte[] s_data = [.. Random(1_500_000, 1), .. Trigger(1), .. Random(1_500_000, 2)];

    static readonly ChunkList
        s_current = ChunkListBuilder.Of(s_data, ChunkRule.Current),
        s_older = ChunkListBuilder.Of(s_data, ChunkRule.Older);

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_rule_that_proves_the_published_id_is_taken()
    {
        Assert.NotEqual(s_current.FileId, s_older.FileId);
        Assert.Equal(s_current.FileId, Make(s_current.FileId.ToString()).FileId);
        Assert.Equal(s_older.FileId, Make(s_older.FileId.ToString()).FileId);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("****************************************************************")]
    [InlineData("d6834b04843aaf16f29903e2428a99be635099f9ea5056cc4e95e7ec8a41509f")]
    public void An_id_that_neither_proves_leaves_the_current_rule(string? xetId) => Assert.Equal(s_current.FileId, Make(xetId).FileId);

    [Fact]
    public void Slices_of_any_length_make_the_same_list() =>
        Seeds.Run(nameof(Slices_of_any_length_make_the_same_list), 10, random =>
        {
            var builder = new ChunkListBuilder(ChunkRule.Older);
            for (var at = 0; at < s_data.Length;)
            {
                var end = Math.Min(s_data.Length, at + random.Next(1 << random.Next(8, 21)));
                builder.Append(s_data.AsSpan()[at..end]);
                at = end;
            }

            Assert.Equal(s_older.ToBytes(), builder.Finish().ToBytes());
        });

    [Fact]
    public void Making_a_list_can_be_cancelled()
    {
        File.WriteAllBytes(_folder.File("blob"), s_data);

        Assert.Throws<OperationCanceledException>(() => ChunkListMaker.Make(_folder.File("blob"), null, new(canceled: true)));
    }

    ChunkList Make(string? xetId)
    {
        File.WriteAllBytes(_folder.File("blob"), s_data);
        return ChunkListMaker.Make(_folder.File("blob"), xetId, TestContext.Current.CancellationToken);
    }
}
