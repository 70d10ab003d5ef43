using Hfmc.Core.Repos;
using Hfmc.EndToEnd.Tests.Nodes;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Clients;

/// <summary>Real weights in many files, from machine to machine.</summary>
[Trait("Needs", "programs")]
public sealed class RealModelTests : NodeTest
{
    const string Repo = "vladmandic/face-api";

    [Fact]
    public async Task A_real_model_is_imported_and_carried_to_two_machines()
    {
        var folder = Path.Combine(NpmClients.Require("@vladmandic/face-api"), "model");
        var source = Node("source");
        var imported = (await source.With("HF_HUB_OFFLINE", "1").RunAsync("model", "import", folder, "-r", Repo, "--json")).Succeeded().Json;
        await source.StartDaemonAsync();
        var (byEndpoint, byPeer) = (Node("by-endpoint").At(source.Endpoint), Node("by-peer").With("HF_HUB_OFFLINE", "1").Knows(source.Port));
        await byPeer.StartDaemonAsync();

        var first = await byEndpoint.AddAsync(Repo);
        var second = await byPeer.AddAsync(Repo, "-v", imported.GetProperty("commit").GetString()!);

        Assert.Equal(first.Bytes, first.Hub);
        Assert.Equal(second.Bytes, second.Peer);
        foreach (var node in (HfmcNode[])[byEndpoint, byPeer])
        {
            var verified = (await node.RunAsync("model", "verify", "-r", Repo, "--json")).Succeeded().Json;
            Assert.Empty(verified.GetProperty("missing").EnumerateArray());
            var snapshot = node.Cache.Repo(RepoId.Parse(Repo)).SnapshotFolder(Core.Repos.CommitId.TryParse(first.Commit, out var commit) ? commit : default);
            foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
                Assert.Equal(await File.ReadAllBytesAsync(file, Cancelled), await File.ReadAllBytesAsync(Path.Combine(snapshot, Path.GetRelativePath(folder, file)), Cancelled));
        }
    }
}
