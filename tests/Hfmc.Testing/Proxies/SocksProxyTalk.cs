using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Hfmc.Testing;

/// <summary>One connection to a proxy of SOCKS 4, 4a or 5 (RFC 1928, RFC 1929).</summary>
sealed class SocksProxyTalk(ProxyServer proxy, Stream client)
{
    const byte NoLogin = 0, WithLogin = 2, NoneWillDo = 0xff;

    public Task RunAsync(CancellationToken cancellationToken) => proxy.Kind is ProxyKind.Socks4 ? RunFourAsync(cancellationToken) : RunFiveAsync(cancellationToken);

    async Task RunFourAsync(CancellationToken cancellationToken)
    {
        var head = await ReadAsync(8, cancellationToken);
        var user = await ReadTextAsync(cancellationToken);
        var ip = new IPAddress(head[4..8]);
        var isName = head[4] is 0 && head[5] is 0 && head[6] is 0 && head[7] is not 0;
        var host = isName ? await ReadTextAsync(cancellationToken) : ip.ToString();
        Note(isName ? "socks4a" : "socks4", host, BinaryPrimitives.ReadUInt16BigEndian(head.AsSpan(2)));
        if (user.Length > 0)
            proxy.Logins.Enqueue(user);
        await CarryAsync(
            granted: [0, 90, 0, 0, 0, 0, 0, 0], refused: [0, 91, 0, 0, 0, 0, 0, 0], proxy.Login is null || proxy.Login == user, cancellationToken);
    }

    async Task RunFiveAsync(CancellationToken cancellationToken)
    {
        var methods = await ReadAsync((await ReadAsync(2, cancellationToken))[1], cancellationToken);
        var method = proxy.Login is null ? NoLogin : methods.Contains(WithLogin) ? WithLogin : NoneWillDo;
        await client.WriteAsync(new byte[] { 5, method }, cancellationToken);
        if (method is WithLogin)
        {
            var user = await ReadAsync((await ReadAsync(2, cancellationToken))[1], cancellationToken);
            var password = await ReadAsync((await ReadAsync(1, cancellationToken))[0], cancellationToken);
            var shown = $"{Encoding.UTF8.GetString(user)}:{Encoding.UTF8.GetString(password)}";
            proxy.Logins.Enqueue(shown);
            await client.WriteAsync(new byte[] { 1, (byte)(shown == proxy.Login ? 0 : 1) }, cancellationToken);
            if (shown != proxy.Login)
                return;
        }
        var head = await ReadAsync(4, cancellationToken);
        var host = head[3] switch
        {
            1 => new IPAddress(await ReadAsync(4, cancellationToken)).ToString(),
            4 => new IPAddress(await ReadAsync(16, cancellationToken)).ToString(),
            _ => Encoding.ASCII.GetString(await ReadAsync((await ReadAsync(1, cancellationToken))[0], cancellationToken)),
        };
        Note("socks5", host, BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2, cancellationToken)));
        await CarryAsync(granted: [5, 0, 0, 1, 0, 0, 0, 0, 0, 0], refused: [5, 5, 0, 1, 0, 0, 0, 0, 0, 0], isWelcome: true, cancellationToken);
    }

    async Task CarryAsync(byte[] granted, byte[] refused, bool isWelcome, CancellationToken cancellationToken)
    {
        if (proxy.Target is null || !isWelcome)
        {
            await client.WriteAsync(refused, cancellationToken);
            return;
        }
        using var server = new TcpClient();
        await server.ConnectAsync(proxy.Target, cancellationToken);
        await client.WriteAsync(granted, cancellationToken);
        await using var stream = server.GetStream();
        await ProxyServer.JoinAsync(client, stream, cancellationToken);
    }

    void Note(string how, string host, int port) => proxy.Asked.Enqueue($"{how} {host}:{port}");

    async Task<byte[]> ReadAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        await client.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }

    async Task<string> ReadTextAsync(CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        while ((await ReadAsync(1, cancellationToken))[0] is not 0 and var next)
            text.Append((char)next);
        return text.ToString();
    }
}
