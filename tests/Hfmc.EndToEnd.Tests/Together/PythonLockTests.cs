using System.Diagnostics;
using System.Net;
using Hfmc.Core.Repos;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Together;

/// <summary>A Python client holds its lock on a blob of the cache that hfmc works in.</summary>
public sealed class PythonLockTests : NodeTest
{
    const string Repo = "acme/tiny";

    static readonly PatternContent Weights = new(3_000_000, seed: 7);

    FakeHub _hub = null!;
    CommitId _commit;

    public override async ValueTask InitializeAsync()
    {
        _hub = await HubAsync();
        _commit = Publish(_hub, Repo, ("model.bin", Weights));
    }

    [Fact]
    public async Task A_lock_that_somebody_keeps_delays_an_add_by_seconds_only()
    {
        var node = Node("lone").At(_hub.Endpoint);
        using var held = HoldLock(node);

        var begun = Stopwatch.GetTimestamp();
        await node.AddAsync(Repo);

        // The lock is never let go, and the add ends all the same.
        Assert.True(Stopwatch.GetElapsedTime(begun) > TimeSpan.FromSeconds(4.5), "the lock was not seen");
        Assert.Equal(Weights.ToArray(), node.Read(Repo, _commit, "model.bin"));
    }

    [Fact]
    public async Task A_lock_held_by_flock_of_another_process_counts_too()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/flock"), "there is no flock (util-linux)");
        var node = Node("lone").At(_hub.Endpoint);
        var ready = Place.File("ready");
        var holder = node.Launch(node.Describe("/usr/bin/flock", LockFile(node), "sh", "-c", $"touch '{ready}'; exec sleep 60"));
        await UntilAsync(() => File.Exists(ready));

        var begun = Stopwatch.GetTimestamp();
        await node.AddAsync(Repo);

        Assert.True(Stopwatch.GetElapsedTime(begun) > TimeSpan.FromSeconds(4.5), "the lock was not seen");
        Assert.False(holder.HasExited);
    }

    [Fact]
    public async Task A_client_that_holds_the_lock_while_it_waits_for_our_bytes_gets_them()
    {
        var node = Node("lone").At(_hub.Endpoint);
        await node.StartDaemonAsync();
        using var held = HoldLock(node);
        using var http = new HttpClient { BaseAddress = node.Endpoint, Timeout = TimeSpan.FromSeconds(20) };

        // While the daemon brings the blob into the same cache, the client asks for it again and again, and never lets go.
        var adding = node.Start("model", "add", "-r", Repo, "--json");
        byte[]? bytes = null;
        await UntilAsync(async () =>
        {
            using var answer = await http.GetAsync(new Uri($"/{Repo}/resolve/{_commit}/model.bin", UriKind.Relative), Cancelled);
            bytes = answer.StatusCode is HttpStatusCode.OK ? await answer.Content.ReadAsByteArrayAsync(Cancelled) : null;
            return bytes is not null;
        });

        Assert.Equal(Weights.ToArray(), bytes);
        (await adding.EndAsync(Cancelled)).Succeeded();
    }

    // What filelock's flock(LOCK_EX) is to others, FileShare.None is on Unix.
    static FileStream HoldLock(HfmcNode node) => new(LockFile(node), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    static string LockFile(HfmcNode node)
    {
        var folder = Directory.CreateDirectory(Path.Combine(node.CacheRoot, "hub", ".locks", "models--acme--tiny"));
        return Path.Combine(folder.FullName, $"{Weights.Sha256}.lock");
    }
}
