using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Hfmc.Daemon.Tests.Fuzz;

/// <summary>An answer as it came over the wire; status 0 when there was none.</summary>
sealed record RawAnswer(int Status, string Head, byte[] Body, byte[] Raw)
{
    static readonly byte[] s_end = "\r\n\r\n"u8.ToArray();

    /// <summary>Sends the bytes and reads until the other end closes, or for as long as it is worth it.</summary>
    public static async Task<RawAnswer> AskAsync(int port, byte[] request, AfterSending then, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new(then is AfterSending.Reset, 0) };
        await socket.ConnectAsync("127.0.0.1", port, cancellationToken);
        var answer = new MemoryStream();
        try
        {
            for (var rest = request.AsMemory(); !rest.IsEmpty;)
                rest = rest[await socket.SendAsync(rest, cancellationToken)..];
            if (then is AfterSending.Reset)
                return Parse([], "");
            if (then is AfterSending.Close)
                socket.Shutdown(SocketShutdown.Send);
            using var worth = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            worth.CancelAfter(then is AfterSending.Leave ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromSeconds(20));
            var buffer = new byte[64 << 10];
            try
            {
                while (await socket.ReceiveAsync(buffer, worth.Token) is var read and > 0)
                    answer.Write(buffer, 0, read);
            }
            catch (OperationCanceledException) when (then is AfterSending.Leave && !cancellationToken.IsCancellationRequested)
            {
                // It would go on.
            }
        }
        catch (SocketException)
        {
            // Cut, by whichever end.
        }
        return Parse(answer.ToArray(), Encoding.Latin1.GetString(request, 0, Math.Min(5, request.Length)));
    }

    /// <summary>The value of a header; null without it.</summary>
    public string? Header(string name) => Head.Split("\r\n").Skip(1)
        .Where(line => line.StartsWith($"{name}:", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 1)..].Trim()).FirstOrDefault();

    static RawAnswer Parse(byte[] raw, string method)
    {
        var end = raw.AsSpan().IndexOf(s_end);
        if (end < 0)
            return new(0, "", [], raw);
        var head = Encoding.Latin1.GetString(raw, 0, end);
        var status = int.Parse(head.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);
        var rest = raw[(end + s_end.Length)..];
        if (status is 100)
            return Parse(rest, method);
        var answer = new RawAnswer(status, head, rest, raw);
        if (answer.Header("Transfer-Encoding") is "chunked")
            return answer with { Body = Unchunked(rest) };
        // What comes after it is the answer to what comes after the request.
        var length = method.StartsWith("HEAD", StringComparison.Ordinal) ? 0 : int.Parse(answer.Header("Content-Length") ?? "0", CultureInfo.InvariantCulture);
        return answer with { Body = rest[..Math.Min(rest.Length, length)] };
    }

    static byte[] Unchunked(byte[] chunked)
    {
        var body = new MemoryStream();
        for (var at = 0; at < chunked.Length;)
        {
            var line = chunked.AsSpan(at).IndexOf((byte)'\n');
            if (line <= 0 || !int.TryParse(Encoding.Latin1.GetString(chunked, at, line - 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var length) || length is 0)
                break;
            at += line + 1;
            body.Write(chunked, at, Math.Min(length, chunked.Length - at));
            at += length + 2;
        }
        return body.ToArray();
    }
}
