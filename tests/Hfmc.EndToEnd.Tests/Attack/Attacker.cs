using System.Net;
using System.Net.Sockets;

namespace Hfmc.EndToEnd.Tests.Attack;

/// <summary>Somebody at an address of his own who sends a daemon what he likes, and keeps what he is given.</summary>
sealed class Attacker(IPAddress from, int port) : IDisposable
{
    const int MostKept = 1 << 20;

    readonly List<Socket> _held = [];
    int _opened;

    /// <summary>Connections that were opened, and those that are still held.</summary>
    public int Opened => Volatile.Read(ref _opened);

    public int Held => _held.Count;

    /// <summary>Sends, and reads until the other end closes, or as long as it is worth it; empty when there was no answer.</summary>
    public async Task<byte[]> AskAsync(ReadOnlyMemory<byte> request, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var worth = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        worth.CancelAfter(patience);
        using var answer = new MemoryStream();
        try
        {
            using var socket = await ConnectAsync(worth.Token);
            for (var rest = request; !rest.IsEmpty;)
                rest = rest[await socket.SendAsync(rest, worth.Token)..];
            var buffer = new byte[64 << 10];
            while (answer.Length < MostKept && await socket.ReceiveAsync(buffer, worth.Token) is var read and > 0)
                answer.Write(buffer, 0, read);
        }
        catch (Exception error) when (error is SocketException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Refused, cut, or not worth more time.
        }
        return answer.ToArray();
    }

    /// <summary>Sends the same again and again until the other end has had enough; returns how many bytes it took.</summary>
    public async Task<long> PourAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> again, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var worth = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        worth.CancelAfter(patience);
        var poured = 0L;
        try
        {
            using var socket = await ConnectAsync(worth.Token);
            for (var rest = first; ; rest = rest.IsEmpty ? again : rest)
            {
                var sent = await socket.SendAsync(rest, worth.Token);
                rest = rest[sent..];
                poured += sent;
            }
        }
        catch (Exception error) when (error is SocketException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return poured;
        }
    }

    /// <summary>Opens many connections, says the beginning of something on each, and keeps them.</summary>
    public async Task FloodAsync(int connections, Func<int, ReadOnlyMemory<byte>> words, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, connections, options, async (number, token) =>
        {
            try
            {
                var socket = await ConnectAsync(token);
                lock (_held)
                    _held.Add(socket);
                await socket.SendAsync(words(number), token);
            }
            catch (SocketException)
            {
                // No more are taken for the moment.
            }
        });
    }

    /// <summary>One more byte on each connection that is held.</summary>
    public void Drip()
    {
        foreach (var socket in _held)
            try
            {
                socket.Send("x"u8, SocketFlags.None, out _);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // It was cut.
            }
    }

    public void Dispose() => _held.ForEach(socket => socket.Dispose());

    async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = new(enable: true, seconds: 0) };
        try
        {
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            Interlocked.Increment(ref _opened);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
