using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Hfmc.Testing;

namespace Hfmc.EndToEnd.Tests.Nodes;

/// <summary>
/// A cable to a server on this machine, of a set speed, that counts what comes down it; with a certificate its near end speaks
/// TLS. All answers share its speed, so a test can do something in the middle of one without hurrying.
/// </summary>
sealed class Relay : IAsyncDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource _end = new();
    readonly int _target;
    readonly Throttle? _speed;
    readonly X509Certificate2? _certificate;
    readonly Task _accepting;
    long _carried;

    public Relay(int targetPort, long? bytesPerSecond = null, X509Certificate2? certificate = null)
    {
        (_target, _certificate) = (targetPort, certificate);
        _speed = bytesPerSecond is { } speed ? new(speed) : null;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Bytes that came from the server, heads of answers among them.</summary>
    public long Carried => Volatile.Read(ref _carried);

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
                _ = CarryAsync(await _listener.AcceptTcpClientAsync(_end.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException)
        {
        }
    }

    async Task CarryAsync(TcpClient near)
    {
        using (near)
            try
            {
                using var far = new TcpClient();
                await far.ConnectAsync(IPAddress.Loopback, _target, _end.Token);
                await using var here = await NearAsync(near);
                await Task.WhenAny(here.CopyToAsync(far.GetStream(), _end.Token), BringAsync(far.GetStream(), here));
            }
            catch (Exception error) when (error is IOException or SocketException or OperationCanceledException)
            {
            }
    }

    async Task<Stream> NearAsync(TcpClient near)
    {
        if (_certificate is null)
            return near.GetStream();
        var secure = new SslStream(near.GetStream());
        await secure.AuthenticateAsServerAsync(_certificate);
        return secure;
    }

    async Task BringAsync(Stream from, Stream to)
    {
        var buffer = new byte[64 << 10];
        while (await from.ReadAsync(buffer, _end.Token) is > 0 and var read)
        {
            if (_speed is not null)
                await _speed.PassAsync(read, _end.Token);
            await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
            Interlocked.Add(ref _carried, read);
        }
    }
}
