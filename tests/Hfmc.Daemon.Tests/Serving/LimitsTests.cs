using System.Diagnostics;
using System.Net;
using Hfmc.Core.Control;
using Hfmc.Core.Settings;
using Hfmc.Daemon.Serving;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Serving;

/// <summary>What a daemon gives at most, and what it says beyond that.</summary>
public sealed class LimitsTests : DaemonTest
{
    static readonly PatternContent Weights = new(3_000_001, seed: 9);

    static string Address => $"/peer/v1/blobs/{Weights.Sha256}";

    [Fact(Timeout = 120_000)]
    public async Task A_limit_holds_for_peers_and_not_for_programs_of_this_machine()
    {
        PutRepo();
        await Daemon.SetAsync("limit.up", "1MB/s");
        var watch = Stopwatch.StartNew();

        using var peer = await Daemon.GetAsync(Address, ("Range", "bytes=0-999999"));
        Assert.True(watch.Elapsed > TimeSpan.FromSeconds(0.8), "it came faster than the limit");
        await Daemon.SetAsync("limit.up", "1kB/s");
        using var program = await Daemon.GetAsync("/acme/tiny/resolve/main/model.bin");

        Assert.Equal(Weights.Size, (await program.Content.ReadAsByteArrayAsync(Cancelled)).Length);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_limit_that_ends_ends_for_a_body_that_is_under_way()
    {
        PutRepo();
        await Daemon.SetAsync("limit.up", "1kB/s");
        using var answer = await Daemon.OpenAsync(Address, NodeId.New());
        await using var body = await answer.Content.ReadAsStreamAsync(Cancelled);
        Assert.Equal(1, await body.ReadAsync(new byte[1], Cancelled));

        await Daemon.SetAsync("limit.up", "off");
        var rest = new MemoryStream();
        await body.CopyToAsync(rest, Cancelled);

        Assert.Equal(Weights.Size - 1, rest.Length);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_peer_with_many_connections_gets_as_much_as_one_with_one()
    {
        PutRepo();
        await Daemon.SetAsync("limit.up", "1MB/s");
        var (many, one) = (NodeId.New(), NodeId.New());

        var greedy = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Daemon.OpenAsync(Address, many)));
        using var modest = await Daemon.OpenAsync(Address, one);
        await using var body = await modest.Content.ReadAsStreamAsync(Cancelled);
        var before = await ServedAsync();
        await body.ReadExactlyAsync(new byte[400_000], Cancelled);

        // By connections it would be nine times as much.
        Assert.InRange(await ServedAsync() - before, 400_000, 1_600_000);
        Array.ForEach(greedy, answer => answer.Dispose());
    }

    [Fact(Timeout = 120_000)]
    public async Task Beyond_its_share_of_bodies_a_peer_is_told_to_come_again_and_others_are_served()
    {
        PutRepo();
        await Daemon.SetAsync("limit.up", "20kB/s");
        var greedy = NodeId.New();
        var open = await Task.WhenAll(Enumerable.Range(0, OpenBodies.MostOfPeer).Select(_ => Daemon.OpenAsync(Address, greedy)));

        using var refused = await Daemon.OpenAsync(Address, greedy);
        using var other = await Daemon.OpenAsync(Address, NodeId.New());
        Array.ForEach(open, answer => answer.Dispose());

        Assert.All(open, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(1)), (refused.StatusCode, refused.Headers.RetryAfter?.Delta));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        while (true)
        {
            using var again = await Daemon.OpenAsync(Address, greedy);
            if (again.StatusCode is HttpStatusCode.OK)
                break;
        }
    }

    [Fact]
    public void Bodies_are_counted_in_all_too()
    {
        var bodies = new OpenBodies();
        var places = new List<IDisposable>();
        for (var asker = 1; bodies.Count < OpenBodies.Most; asker++)
            while (bodies.Enter(AskerAt(asker)) is { } place)
                places.Add(place);

        Assert.Null(bodies.Enter(AskerAt(255)));
        places[0].Dispose();
        Assert.NotNull(bodies.Enter(AskerAt(255)));
    }

    [Fact]
    public void Programs_of_this_machine_are_not_counted_as_a_peer_is()
    {
        var bodies = new OpenBodies();

        Assert.Equal(OpenBodies.Most, Enumerable.Range(0, OpenBodies.Most + 1).Count(_ => bodies.Enter(Asker.LocalProgram) is not null));
    }

    [Theory]
    [InlineData(1, 1 << 20)]
    [InlineData(16, 1 << 20)]
    [InlineData(64, 512 << 10)]
    [InlineData(OpenBodies.Most, 64 << 10)]
    public void The_more_bodies_are_open_the_smaller_are_the_steps(int open, int step) => Assert.Equal(step, BlobSender.StepOf(open));

    void PutRepo() => Daemon.Put("acme/tiny", isPublic: true, ("model.bin", Weights));

    async Task<long> ServedAsync()
    {
        using var control = new ControlClient(Daemon.Socket, "1.2.3");
        return (await control.StatusAsync(Cancelled))!.ServedBytes;
    }

    static Asker AskerAt(int host) =>
        Asker.Peer(new Microsoft.AspNetCore.Http.DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse($"192.168.1.{host}") } });
}
