using System.Net.Sockets;
using System.Text;

namespace Hfmc.Testing;

/// <summary>One connection to a proxy of HTTP: CONNECT, or requests for whole addresses, of which each connection carries one.</summary>
sealed class HttpProxyTalk(ProxyServer proxy, Stream client)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await ReadHeadAsync(cancellationToken) is [var request, .. var headers])
        {
            if (request.Split(' ') is not [var method, var target, _])
                return;
            var address = method is "CONNECT" ? new Uri($"http://{target}") : new Uri(target);
            proxy.Asked.Enqueue($"{method} {address.Host}:{address.Port}");
            if (proxy.Refusal is { } status)
                await SayAsync($"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n", cancellationToken);
            else if (!IsWelcome(headers))
                await SayAsync("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n", cancellationToken);
            else
            {
                await CarryAsync(method, address, headers, cancellationToken);
                return;
            }
        }
    }

    async Task CarryAsync(string method, Uri address, string[] headers, CancellationToken cancellationToken)
    {
        if (proxy.Target is null)
        {
            await SayAsync("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", cancellationToken);
            return;
        }
        using var server = new TcpClient();
        await server.ConnectAsync(proxy.Target, cancellationToken);
        await using var stream = server.GetStream();
        if (method is "CONNECT")
            await SayAsync("HTTP/1.1 200 Connected\r\n\r\n", cancellationToken);
        else
            await stream.WriteAsync(Encoding.Latin1.GetBytes(
                $"{method} {address.PathAndQuery} HTTP/1.1\r\n{string.Join("\r\n", headers.Where(header => !header.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase)))}\r\nConnection: close\r\n\r\n"), cancellationToken);
        await ProxyServer.JoinAsync(client, stream, cancellationToken);
    }

    bool IsWelcome(string[] headers)
    {
        const string Basic = "Proxy-Authorization: Basic ";
        var shown = headers.FirstOrDefault(header => header.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)) is { } header
            ? Encoding.UTF8.GetString(Convert.FromBase64String(header[Basic.Length..]))
            : null;
        if (shown is not null)
            proxy.Logins.Enqueue(shown);
        return proxy.Login is null || proxy.Login == shown;
    }

    // Null at the end of the connection.
    async Task<string[]?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var (head, one) = (new StringBuilder(), new byte[1]);
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await client.ReadAsync(one, cancellationToken) is 0)
                return null;
            head.Append((char)one[0]);
        }
        return head.ToString().TrimEnd().Split("\r\n");
    }

    async Task SayAsync(string text, CancellationToken cancellationToken) => await client.WriteAsync(Encoding.Latin1.GetBytes(text), cancellationToken);
}
