using Hfmc.Core.Peers;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Serving;

/// <summary>
/// Sends a range of a blob that is still on its way: what is here, then the rest as it arrives. A request is held only for what is
/// here or is being got from an upstream or a complete peer; nobody waits here for somebody who waits.
/// </summary>
sealed class BlobRelay(BlobSender sender, TimeProvider time)
{
    /// <summary>Bodies that wait for bytes at one time, and how long one does.</summary>
    const int MostHeld = 256;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    int _held;

    public async Task WriteAsync(HttpContext context, LiveBlob live)
    {
        var response = context.Response;
        if (!RequestedRange.TryRead(context.Request, live.Blob.Size, out var asked) || asked is not { } range)
        {
            response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            return;
        }
        var asker = Asker.Peer(context);
        using var place = Volatile.Read(ref _held) < MostHeld ? sender.Open.Enter(asker) : null;
        if (place is null)
        {
            OpenBodies.Refuse(response);
            return;
        }
        using var file = live.Offers(live.Grid.PieceAt(range.Start)) ? live.OpenFile() : null;
        if (file is null)
        {
            response.StatusCode = StatusCodes.Status409Conflict;
            return;
        }

        response.StatusCode = StatusCodes.Status206PartialContent;
        response.Headers.ETag = $"\"{live.Blob.ETag}\"";
        response.Headers.ContentRange = $"bytes {range}/{live.Blob.Size}";
        response.Headers[PeerProtocol.ProvenHeader] = "no";
        response.ContentType = "application/octet-stream";
        response.ContentLength = range.Length;
        await response.StartAsync(context.RequestAborted);
        for (var left = range; !left.IsEmpty;)
        {
            var arrived = live.ArrivedIn(live.Grid.PieceAt(left.Start)).Next;
            // What no longer comes this way is in the file in whole, if it came at all: who lacks bytes then gets an error from the sender.
            var here = live.Available(left) ?? left.Length;
            if (here is 0)
            {
                if (!await HoldAsync(context, arrived))
                    return;
                continue;
            }
            await sender.SendAsync(context, asker, file, left with { End = left.Start + here });
            if (context.RequestAborted.IsCancellationRequested)
                return;
            live.HasRelayed(here);
            left = left with { Start = left.Start + here };
        }
    }

    // Bytes that do not come are an aborted answer: the asker goes elsewhere. False then, or when it has gone already.
    async Task<bool> HoldAsync(HttpContext context, Task arrived)
    {
        Interlocked.Increment(ref _held);
        try
        {
            await arrived.WaitAsync(Patience, time, context.RequestAborted);
            return true;
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            context.Abort();
            return false;
        }
        finally
        {
            Interlocked.Decrement(ref _held);
        }
    }
}
