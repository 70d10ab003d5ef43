using Hfmc.Testing;
using Hfmc.Testing.Swarm;
using Xunit;

namespace Hfmc.Core.Tests.Transfers.Swarm;

/// <summary>
/// Whatever happens in a crowd, each honest node that stays ends with all bytes, and the origin sends little more than one copy and
/// what the faults cost. Some thousand schedules run at random each time; seeds that once failed always do.
/// </summary>
public sealed class SwarmPropertyTests
{
    [Fact]
    public void Where_nothing_goes_wrong_all_end_for_one_copy() =>
        Seeds.Run(nameof(Where_nothing_goes_wrong_all_end_for_one_copy), 600, random => new RandomCrowd(random, faults: 0).Run());

    [Fact]
    public void Whatever_one_thing_goes_wrong_all_end() =>
        Seeds.Run(nameof(Whatever_one_thing_goes_wrong_all_end), 600, random => new RandomCrowd(random, faults: 1).Run());

    [Fact]
    public void Whatever_things_go_wrong_together_all_end() =>
        Seeds.Run(nameof(Whatever_things_go_wrong_together_all_end), 600, random => new RandomCrowd(random, faults: 4).Run());

    [Theory]
    [InlineData(0, 12, "a piece was asked again of the peer that was too slow with it")]
    [InlineData(0, 299, "a piece that somebody was slow with was hedged twice")]
    [InlineData(1, 144, "a peer that has got all was asked for a piece that it was slow with")]
    [InlineData(4, 20684, "of peers that have all the fastest was asked for ever, which had thrown the piece away")]
    [InlineData(6, 41505, "peers that said they have all were asked again and again, and the origin never")]
    public void What_went_wrong_once_does_not_again(int faults, int seed, string what)
    {
        Assert.NotEmpty(what);
        new RandomCrowd(new(seed), faults).Run();
    }
}
