using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;

namespace Hfmc.Testing;

/// <summary>What a link does to what goes over it. Byte counts are of the way from the server to its callers.</summary>
public sealed record SlowLinkOptions
{
    /// <summary>How long each byte is on its way, in either direction.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Shared by all connections; null for as fast as it goes. Takes real time.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>A packet is lost after each so many bytes: as a reader sees it, nothing comes for <see cref="LossPause"/>.</summary>
    public long? LossEvery { get; init; }

    /// <summary>The least time in which Linux sends a packet again that nobody acknowledged.</summary>
    public TimeSpan LossPause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>After so many bytes nothing more comes, and connections stay open; null for never.</summary>
    public long? HangAfter { get; init; }

    /// <summary>With one, the near end speaks TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The clock of delay and loss.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>A forwarder of TCP connections that is as a far, slow or broken link is: for kernels that cannot delay packets.</summary>
public sealed class SlowLink : IAsyncDisposable
{
    // What may be on its way at once, per connection and direction, in steps of up to 16 KiB: a link without delay holds next to nothing,
    // so that what it has carried is near to what the server has sent.
    const int Step = 16 << 10, StepsOnTheWay = 256, StepsWithoutDelay = 2;

    readonly TcpListener _listener;
    readonly IPEndPoint _target;
    readonly SlowLinkOptions _options;
    readonly Throttle? _speed;
    readonly CancellationTokenSource _end = new();
    readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Task _accepting;
    long _carried;

    public SlowLink(IPEndPoint target, SlowLinkOptions? options = null, IPEndPoint? listen = null)
    {
        (_target, _options) = (target, options ?? new());
        _speed = _options.BytesPerSecond is { } speed ? new(speed) : null;
        _listener = new(listen ?? new(IPAddress.Loopback, 0));
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>Before a server on this machine.</summary>
    public static SlowLink To(int port, SlowLinkOptions? options = null) => new(new(IPAddress.Loopback, port), options);

    public IPEndPoint Endpoint => (IPEndPoint)_listener.LocalEndpoint;

    /// <summary>Bytes that the server's callers were given.</summary>
    public long Carried => Volatile.Read(ref _carried);

    /// <summary>Lets a link that hangs go on.</summary>
    public void Release() => _released.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
    }

    async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = CarryAsync(await _listener.AcceptSocketAsync(_end.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
        }
    }

    async Task CarryAsync(Socket near)
    {
        using (near)
            try
            {
                using var far = new Socket(_target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                near.NoDelay = true;
                await far.ConnectAsync(_target, _end.Token);
                using var cut = CancellationTokenSource.CreateLinkedTokenSource(_end.Token);
                await using var here = await NearAsync(near);
                await using var beyond = new NetworkStream(far);
                var there = PumpAsync(here, beyond, () => far.Shutdown(SocketShutdown.Send), isAnswer: false, cut.Token);
                var back = PumpAsync(beyond, here, () => near.Shutdown(SocketShutdown.Send), isAnswer: true, cut.Token);
                // A caller that has said all may still wait for its answer; any other end is the end of the connection.
                if (await Task.WhenAny(there, back) == there && there.IsCompletedSuccessfully)
                    await back;
                await cut.CancelAsync();
                await Task.WhenAll(there, back);
            }
            catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
            {
            }
    }

    async Task<Stream> NearAsync(Socket near)
    {
        var plain = new NetworkStream(near);
        if (_options.Certificate is null)
            return plain;
        var secure = new SslStream(plain);
        await secure.AuthenticateAsServerAsync(_options.Certificate);
        return secure;
    }

    async Task PumpAsync(Stream from, Stream to, Action end, bool isAnswer, CancellationToken cancellationToken)
    {
        var way = Channel.CreateBounded<(byte[] Bytes, long Sent)>(_options.Delay > TimeSpan.Zero ? StepsOnTheWay : StepsWithoutDelay);
        using var broken = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadAsync(from, way.Writer, broken.Token);
        try
        {
            await WriteAsync(way.Reader, to, isAnswer, cancellationToken);
            end();
            await reading;
        }
        finally
        {
            await broken.CancelAsync();
        }
    }

    async Task ReadAsync(Stream from, ChannelWriter<(byte[], long)> way, CancellationToken cancellationToken)
    {
        try
        {
            var buffer = new byte[Step];
            while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var read)
                await way.WriteAsync((buffer[..read], _options.Time.GetTimestamp()), cancellationToken);
        }
        finally
        {
            way.TryComplete();
        }
    }

    async Task WriteAsync(ChannelReader<(byte[] Bytes, long Sent)> way, Stream to, bool isAnswer, CancellationToken cancellationToken)
    {
        await foreach (var (bytes, sent) in way.ReadAllAsync(cancellationToken))
        {
            if (_options.Delay - _options.Time.GetElapsedTime(sent) is var left && left > TimeSpan.Zero)
                await Task.Delay(left, _options.Time, cancellationToken);
            if (isAnswer)
                await GiveAsync(bytes, to, cancellationToken);
            else
                await to.WriteAsync(bytes, cancellationToken);
        }
    }

    async Task GiveAsync(ReadOnlyMemory<byte> bytes, Stream to, CancellationToken cancellationToken)
    {
        if (_speed is not null)
            await _speed.PassAsync(bytes.Length, cancellationToken);
        var before = Interlocked.Add(ref _carried, bytes.Length) - bytes.Length;
        if (_options.LossEvery is { } every && before / every != (before + bytes.Length) / every)
            await Task.Delay(_options.LossPause, _options.Time, cancellationToken);
        if (_options.HangAfter is { } last && before + bytes.Length > last && !_released.Task.IsCompleted)
        {
            var rest = (int)Math.Max(0, last - before);
            await to.WriteAsync(bytes[..rest], cancellationToken);
            await _released.Task.WaitAsync(cancellationToken);
            bytes = bytes[rest..];
        }
        await to.WriteAsync(bytes, cancellationToken);
    }
}
