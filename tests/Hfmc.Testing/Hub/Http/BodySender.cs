using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hfmc.Testing;

/// <summary>Writes headers and body of an answer, in steps of 1 MiB, and counts what the socket took.</summary>
sealed class BodySender(RequestLog log)
{
    const int Step = 1 << 20;

    public async Task SendAsync(HttpContext http, BodyPlan plan, CancellationToken cancellationToken)
    {
        var answer = plan.Answer;
        http.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
            http.Response.Headers[name] = value;
        if (answer.Status is not 304 && plan.Announced)
            http.Response.ContentLength = plan.Length;
        if (http.Request.Method is "HEAD" || answer.Status is 304)
            return;
        if (plan.Length is 0 && plan.Stop is null)
            return;

        await http.Response.StartAsync(cancellationToken);
        for (long sent = 0; sent < plan.Length || plan.Stop is not null;)
        {
            if (plan.Stop is { } stop && sent >= Math.Min(stop.Bytes, plan.Length))
            {
                await http.Response.BodyWriter.FlushAsync(cancellationToken);
                if (await StopsAsync(http, stop, cancellationToken) || sent >= plan.Length)
                    return;
                plan.GoOn();
                continue;
            }

            sent += await SendPieceAsync(http.Response, plan, sent, cancellationToken);
        }
    }

    async Task<int> SendPieceAsync(HttpResponse response, BodyPlan plan, long sent, CancellationToken cancellationToken)
    {
        var length = (int)Math.Min(Step, (plan.Stop is { } stop ? Math.Min(stop.Bytes, plan.Length) : plan.Length) - sent);
        foreach (var throttle in plan.Throttles)
            length = Math.Min(length, throttle.Step);
        foreach (var throttle in plan.Throttles)
            await throttle.PassAsync(length, cancellationToken);

        Fill(plan, plan.Answer.Offset + sent, response.BodyWriter.GetMemory(length).Span[..length]);
        response.BodyWriter.Advance(length);
        await response.BodyWriter.FlushAsync(cancellationToken);
        if (plan.Answer.Blob is { } blob)
            log.Count(blob, length);
        return length;
    }

    /// <summary>Beyond the end of the file there are zeros.</summary>
    static void Fill(BodyPlan plan, long offset, Span<byte> piece)
    {
        var real = (int)Math.Clamp(plan.Answer.Body.Size - offset, 0, piece.Length);
        plan.Answer.Body.Read(offset, piece[..real]);
        piece[real..].Clear();
        if (plan.FlipAt is { } flip && flip >= offset && flip < offset + piece.Length)
            piece[(int)(flip - offset)] ^= 1;
    }

    /// <summary>True when the answer ends here.</summary>
    static async Task<bool> StopsAsync(HttpContext http, Fault fault, CancellationToken cancellationToken)
    {
        switch (fault.Kind)
        {
            case FaultKind.HangAfter:
                fault.MarkStruck();
                await fault.Released.WaitAsync(cancellationToken);
                return false;
            case FaultKind.CloseAfter:
                // An abort resets the connection, and a reset may overtake bytes that the client has not read yet.
                http.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket.Shutdown(SocketShutdown.Both);
                return true;
            default:
                http.Abort();
                return true;
        }
    }
}
