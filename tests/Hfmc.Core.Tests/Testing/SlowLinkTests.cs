using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Testing;

public sealed class SlowLinkTests : IAsyncLifetime
{
    readonly TcpListener _server = new(IPAddress.Loopback, 0);
    readonly ManualTime _time = new();
    readonly List<IDisposable> _ends = [];
    SlowLink? _link;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _server.Start();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var end in _ends)
            end.Dispose();
        if (_link is not null)
            await _link.DisposeAsync();
        _server.Dispose();
    }

    [Fact]
    public async Task A_byte_arrives_when_its_delay_has_passed()
    {
        var (caller, server) = await ConnectAsync(new() { Delay = TimeSpan.FromSeconds(1), Time = _time });

        await server.WriteAsync(new byte[1], Cancelled);
        var arriving = caller.ReadAsync(new byte[1], Cancelled).AsTask();
        await _time.WaitForTimersAsync(1, Cancelled);
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(arriving.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(1, await arriving);
    }

    [Fact]
    public async Task It_hangs_after_so_many_bytes_until_it_is_released()
    {
        var (caller, server) = await ConnectAsync(new() { HangAfter = 10 });

        await server.WriteAsync(new byte[25], Cancelled);
        await caller.ReadExactlyAsync(new byte[10], Cancelled);
        var more = caller.ReadExactlyAsync(new byte[15], Cancelled).AsTask();
        Assert.NotSame(more, await Task.WhenAny(more, Task.Delay(50, Cancelled)));
        _link!.Release();
        await more;
    }

    [Fact]
    public async Task A_lost_packet_is_a_pause()
    {
        var (caller, server) = await ConnectAsync(new() { LossEvery = 10, LossPause = TimeSpan.FromSeconds(1), Time = _time });

        await server.WriteAsync(new byte[9], Cancelled);
        await caller.ReadExactlyAsync(new byte[9], Cancelled);
        await server.WriteAsync(new byte[1], Cancelled);
        var tenth = caller.ReadAsync(new byte[1], Cancelled).AsTask();
        await _time.WaitForTimersAsync(1, Cancelled);
        Assert.False(tenth.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await tenth);
    }

    [Fact]
    public async Task Its_speed_is_shared_by_its_connections()
    {
        var (caller, server) = await ConnectAsync(new() { BytesPerSecond = 1_000_000 });
        var (other, otherServer) = await ConnectAsync();

        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(server.WriteAsync(new byte[200_000], Cancelled).AsTask(), otherServer.WriteAsync(new byte[200_000], Cancelled).AsTask(),
            caller.ReadExactlyAsync(new byte[200_000], Cancelled).AsTask(), other.ReadExactlyAsync(new byte[200_000], Cancelled).AsTask());
        Assert.True(Stopwatch.GetElapsedTime(begun) > TimeSpan.FromSeconds(0.3));
        Assert.Equal(400_000, _link!.Carried);
    }

    [Fact]
    public async Task The_end_of_an_answer_comes_through()
    {
        var (caller, server) = await ConnectAsync(new());

        await server.WriteAsync(new byte[3], Cancelled);
        server.Close();
        await caller.ReadExactlyAsync(new byte[3], Cancelled);
        Assert.Equal(0, await caller.ReadAsync(new byte[1], Cancelled));
    }

    async Task<(NetworkStream Caller, NetworkStream Server)> ConnectAsync(SlowLinkOptions? options = null)
    {
        _link ??= new((IPEndPoint)_server.LocalEndpoint, options);
        var caller = new TcpClient();
        _ends.Add(caller);
        await caller.ConnectAsync(_link.Endpoint, Cancelled);
        var server = await _server.AcceptTcpClientAsync(Cancelled);
        _ends.Add(server);
        return (caller.GetStream(), server.GetStream());
    }
}
