using System.Diagnostics;
using Hfmc.EndToEnd.Tests.Nodes;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Together;

/// <summary>Two daemons on hosts of their own, with a link of a set speed between them.</summary>
public sealed class NamespaceLanTests : NodeTest
{
    const int Mbit = 1_000_000 / 8, Size = 5_000_000;

    [Fact]
    public async Task A_model_comes_over_the_link_at_the_speed_of_the_link()
    {
        var (lan, reason) = await NamespaceLan.TryMakeAsync(("pegasus", 20), ("cygnus", 100));
        Assert.SkipWhen(lan is null, reason);
        Keep(lan!);
        var (pegasus, cygnus) = (Host(lan!, "pegasus"), Host(lan!, "cygnus"));
        var model = Directory.CreateDirectory(Place.Folder("model")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(model, "weights.bin"), new byte[Size], Cancelled);
        (await pegasus.RunAsync("model", "import", model, "-r", "acme/tiny")).Succeeded();
        await pegasus.StartDaemonAsync();
        await cygnus.StartDaemonAsync();
        (await cygnus.RunAsync("peer", "add", $"{lan!.Address("pegasus")}", "-p", $"{pegasus.Port}")).Succeeded();

        var begun = Stopwatch.GetTimestamp();
        var added = await cygnus.AddAsync("acme/tiny");

        Assert.Equal(Size, added.Peer);
        // 5 MB at 20 Mbit/s take 2 s; what a burst lets through at once is far less than a tenth of them.
        Assert.True(Stopwatch.GetElapsedTime(begun).TotalSeconds > 0.9 * Size / (20 * Mbit), "it came faster than its link is");
    }

    HfmcNode Host(NamespaceLan lan, string name) =>
        Keep(new HfmcNode(Path.Combine(Place.Path, name), name) { On = (lan, name) }).With("HF_HUB_OFFLINE", "1");
}
