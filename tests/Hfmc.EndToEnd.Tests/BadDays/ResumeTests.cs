using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.BadDays;

/// <summary>kill -9 in the middle of downloads.</summary>
public sealed class ResumeTests : NodeTest
{
    const string Repo = "acme/big";
    const long Size = 60_000_000, Speed = 20_000_000, MostLostByKill = 8 << 20;

    static readonly PatternContent Weights = new(Size, seed: 3);

    FakeHub _hub = null!;
    CommitId _commit;

    static Blob Blob => new(Weights.Sha256, Size);

    public override async ValueTask InitializeAsync()
    {
        _hub = await HubAsync(new() { BytesPerSecond = Speed });
        _commit = Publish(_hub, Repo, ("model.bin", Weights));
    }

    [Fact]
    public Task After_twenty_kills_at_random_moments_a_download_ends_right_and_little_was_fetched_twice() =>
        Seeds.RunAsync("kill the command", 1, async random =>
        {
            const int kills = 20;
            var node = Node("lone").At(_hub.Endpoint);
            for (var kill = 0; kill < kills; kill++)
                await KillAsync(node, random.NextInt64(2 * Size / kills), () =>
                {
                    var command = node.Start("model", "add", "-r", Repo, "--json");
                    return Task.FromResult<Func<Task>>(async () => await command.Send(LocalProcess.Kill).EndAsync(Cancelled));
                });

            await EndsRightAsync(node, kills);
        });

    [Fact]
    public Task After_kills_of_the_daemon_its_successor_goes_on_where_it_stopped() =>
        Seeds.RunAsync("kill the daemon", 1, async random =>
        {
            const int kills = 4;
            var node = Node("served").At(_hub.Endpoint);
            for (var kill = 0; kill < kills; kill++)
                await KillAsync(node, random.NextInt64(1, Size / kills), async () =>
                {
                    await node.StartDaemonAsync();
                    var command = node.Start("model", "add", "-r", Repo, "--json");
                    return async () =>
                    {
                        await node.KillDaemonAsync();
                        var told = await command.EndAsync(Cancelled);
                        // On a busy machine the kill may come when all is here.
                        if (told.ExitCode is not 0)
                            Assert.Contains("run the command again", told.Ended(1).Json.GetProperty("error").GetProperty("message").GetString());
                    };
                });

            await node.StartDaemonAsync();
            await EndsRightAsync(node, kills);
        });

    /// <summary>Kills what <paramref name="start"/> starts as soon as the hub has served that much more; what was lost is bounded.</summary>
    async Task KillAsync(HfmcNode node, long after, Func<Task<Func<Task>>> start)
    {
        var (served, held) = (_hub.BytesServed(Blob.ETag), HeldBy(node));
        var kill = await start();
        await _hub.WaitAsync(hub => hub.BytesServed(Blob.ETag) - served >= Math.Min(after, Size - held), Cancelled);
        await kill();

        var (fetched, kept) = (_hub.BytesServed(Blob.ETag) - served, HeldBy(node) - held);
        Assert.True(fetched - kept <= MostLostByKill, $"of {fetched} bytes fetched only {kept} were kept");
    }

    async Task EndsRightAsync(HfmcNode node, int kills)
    {
        var held = HeldBy(node);
        var added = await node.AddAsync(Repo);

        Assert.Equal(Weights.ToArray(), node.Read(Repo, _commit, "model.bin"));
        Assert.Equal(held, added.Disk);
        Assert.Equal(added.Bytes, added.Sum);
        Assert.InRange(_hub.BytesServed(Blob.ETag), Size - MostLostByKill, Size + kills * MostLostByKill);
        Assert.DoesNotContain(Directory.GetFiles(node.Cache.PartialFolder), file => !file.EndsWith(".lock", StringComparison.Ordinal));
    }

    static long HeldBy(HfmcNode node) =>
        !Directory.Exists(node.CacheRoot) ? 0
            : node.Cache.Repo(RepoId.Parse(Repo)).Locate(Blob) is not null ? Size
            : PartialBlob.HeldOnDisk(node.Cache.PartialFolder, Blob);
}
