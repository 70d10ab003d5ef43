using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.BadDays;

/// <summary>The program on processors older than this machine's, which QEMU plays: without wide vectors, and with some.</summary>
[Trait("Needs", "programs")]
public sealed class OldProcessorTests : NodeTest
{
    const string Qemu = "/usr/bin/qemu-x86_64", Repo = "acme/model";

    static readonly PatternContent Weights = new(3_000_000, seed: 12);

    [Theory]
    [InlineData("Nehalem")]
    [InlineData("Haswell")]
    public async Task It_starts_and_its_digests_are_right(string processor)
    {
        Assert.SkipUnless(File.Exists(Qemu), "there is no qemu-x86_64 (Debian: apt-get install qemu-user)");
        Assert.SkipUnless(IsNative, "only a native program is fixed to a kind of processor");
        var hub = await HubAsync();
        var commit = Publish(hub, Repo, ("model.bin", Weights));
        var node = Node("old").At(hub.Endpoint);

        (await RunAsync(node, processor, "--version")).Succeeded();
        (await RunAsync(node, processor, "model", "add", "-r", Repo)).Succeeded();
        (await RunAsync(node, processor, "model", "verify", "-r", Repo)).Succeeded();

        Assert.Equal(Weights.ToArray(), node.Read(Repo, commit, "model.bin"));
    }

    async Task<Told> RunAsync(HfmcNode node, string processor, params string[] arguments) =>
        await node.Launch(node.Describe(Qemu, ["-cpu", processor, HfmcProgram.Path, .. arguments])).EndAsync(Cancelled);

    // One with the runtime inside is twice as large, one without it a tenth.
    static bool IsNative => new FileInfo(HfmcProgram.Path).Length is > 10_000_000 and < 40_000_000;
}
