using Hfmc.Core.Transfers;
using Xunit;

namespace Hfmc.Core.Tests.Transfers.Swarm;

public sealed class PieceSetTests
{
    [Fact]
    public void A_text_is_the_bits_the_lowest_first()
    {
        var set = PieceSet.TryParse("_wMAAAAA", 48)!;

        Assert.Equal(Enumerable.Range(0, 10), set.Except(new(48)));
        Assert.Equal("_wMAAAAA", set.ToText());
    }

    [Theory]
    [InlineData(null, 8)]
    [InlineData("", 8)]
    [InlineData("A", 8)]
    [InlineData("AB", 8)] // Bits are left over that belong to no byte.
    [InlineData("AAA", 8)]
    [InlineData("AA=", 8)] // Half of a padding: valid by one of the framework's judgements, an exception by the other.
    [InlineData("AA%", 8)]
    [InlineData("_w", 7)]
    [InlineData("/w", 8)]
    [InlineData("A!", 8)]
    public void What_is_not_the_bits_of_so_many_pieces_is_nothing(string? text, int count) => Assert.Null(PieceSet.TryParse(text, count));
}
