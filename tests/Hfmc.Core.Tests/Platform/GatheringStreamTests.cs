using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Hfmc.Core.Platform;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Platform;

public sealed class GatheringStreamTests : IAsyncLifetime
{
    static readonly CancellationToken Cancelled = TestContext.Current.CancellationToken;

    readonly ManualTime _time = new();
    readonly byte[] _buffer = new byte[256 << 10];
    Socket _sender = null!, _receiver = null!;
    NetworkStream _stream = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux is told to gather");
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        _sender = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _sender.ConnectAsync(listener.LocalEndPoint!, Cancelled);
        _receiver = await listener.AcceptAsync(Cancelled);
        _stream = GatheringStream.Over(_receiver, _time);
    }

    public async ValueTask DisposeAsync()
    {
        if (_stream is not null)
            await _stream.DisposeAsync();
        _sender?.Dispose();
    }

    [Fact]
    public async Task At_a_good_pace_a_reader_is_woken_once_for_many_packets()
    {
        await SetPaceAsync();

        var reading = _stream.ReadAsync(_buffer, Cancelled).AsTask();
        for (var sent = 0; sent < 70; sent++)
            await _sender.SendAsync(new byte[1 << 10], Cancelled);

        Assert.InRange(await reading, 64 << 10, 70 << 10);
    }

    [Fact]
    public async Task What_has_come_is_taken_when_no_more_comes_for_a_while()
    {
        await SetPaceAsync();

        var reading = _stream.ReadAsync(_buffer, Cancelled).AsTask();
        await _sender.SendAsync(new byte[100], Cancelled);
        Assert.Equal(64 << 10, MarkOf(_receiver));
        while (_receiver.Available < 100)
            await Task.Yield();
        Assert.False(reading.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(200));

        Assert.Equal(100, await reading);
        Assert.Equal(1, MarkOf(_receiver));
    }

    [Fact]
    public async Task The_end_of_a_connection_is_seen_at_once()
    {
        await SetPaceAsync();

        var reading = _stream.ReadAsync(_buffer, Cancelled).AsTask();
        await _sender.SendAsync(new byte[5], Cancelled);
        _sender.Shutdown(SocketShutdown.Send);

        Assert.Equal(5, await reading);
        Assert.Equal(0, await _stream.ReadAsync(_buffer, Cancelled));
    }

    [Fact]
    public async Task The_head_of_an_answer_and_what_follows_a_whole_body_do_not_gather()
    {
        await SetPaceAsync();

        var body = _stream.ReadAsync(_buffer.AsMemory(0, 48 << 10), Cancelled).AsTask();
        Assert.Equal(32 << 10, MarkOf(_receiver));
        await _sender.SendAsync(new byte[48 << 10], Cancelled);
        for (var read = await body; read < 48 << 10;)
            read += await _stream.ReadAsync(_buffer.AsMemory(0, (48 << 10) - read), Cancelled);
        Assert.Equal(1, MarkOf(_receiver));

        var head = _stream.ReadAsync(_buffer.AsMemory(0, 4096), Cancelled).AsTask();
        await _sender.SendAsync(new byte[1], Cancelled);
        Assert.Equal(1, await head);
    }

    [Fact]
    public async Task A_slow_connection_is_read_as_it_comes()
    {
        for (var second = 0; second < 5; second++)
        {
            await _sender.SendAsync(new byte[1 << 10], Cancelled);
            Assert.True(await _stream.ReadAsync(_buffer, Cancelled) > 0);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(1, MarkOf(_receiver));
    }

    // 16 KiB each millisecond. They are here before they are read: such a read does not wait for more.
    async Task SetPaceAsync()
    {
        for (var reads = 0; reads < 100; reads++)
        {
            await _sender.SendAsync(new byte[16 << 10], Cancelled);
            for (var read = 0; read < 16 << 10;)
                read += await _stream.ReadAsync(_buffer, Cancelled).AsTask() is var step && step > 0 ? step : throw new EndOfStreamException();
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    static int MarkOf(Socket socket)
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        socket.GetRawSocketOption(GatheringStream.SocketLevel, GatheringStream.ReceiveLowWaterMark, value);
        return MemoryMarshal.Read<int>(value);
    }
}
