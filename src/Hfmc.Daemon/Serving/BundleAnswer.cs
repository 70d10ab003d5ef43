using Hfmc.Core.Peers;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Win32.SafeHandles;

namespace Hfmc.Daemon.Serving;

/// <summary>
/// Sends many small blobs in one answer, in the order in which they are here: those that are, then each that this node's own adds
/// bring. Only blobs that have their name, and are on the shelf, are sent; the others are left out.
/// </summary>
sealed class BundleAnswer(SmallBook book, Shelf shelf, TransferBoard board, BlobSender sender, TimeProvider time)
{
    /// <summary>Answers that are open at one time, and bytes of each that wait for the network.</summary>
    const int MostOpen = 128, MostUnsent = 64 << 10;

    // What comes within such a time leaves together.
    static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(10);

    static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);

    int _open;

    public async Task WriteAsync(HttpContext context, IEnumerable<ETag> blobs)
    {
        try
        {
            if (Interlocked.Increment(ref _open) > MostOpen)
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                context.Response.Headers.RetryAfter = "1";
                return;
            }
            context.Response.ContentType = "application/octet-stream";
            context.Response.Headers[PeerProtocol.ProvenHeader] = "yes";
            await context.Response.StartAsync(context.RequestAborted);
            await SendAllAsync(context, [.. blobs]);
        }
        catch (OperationCanceledException)
        {
            // The asker has what it wants, or is gone.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    async Task SendAllAsync(HttpContext context, List<ETag> waiting)
    {
        var (last, fetched) = (time.GetTimestamp(), board.Fetched);
        while (true)
        {
            var changed = book.Changed.Next;
            if (book.TakeSettled(waiting) is { Count: > 0 } settled && await SendAsync(context, settled))
                last = time.GetTimestamp();
            if (waiting.Count is 0 || time.GetElapsedTime(last) >= PeerProtocol.BundleSilence)
                return;
            if (await ChangesAsync(context, changed))
            {
                await Task.Delay(Gathering, time, context.RequestAborted);
            }
            else if (board.Fetched is var now && now != fetched)
            {
                // On a slow line the next blob takes a while: the asker is told that it is worth waiting.
                (last, fetched) = (time.GetTimestamp(), now);
                await BeatAsync(context);
            }
        }
    }

    async Task<bool> ChangesAsync(HttpContext context, Task changed)
    {
        try
        {
            await changed.WaitAsync(Glance, time, context.RequestAborted);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    // False when none of them could be sent.
    async Task<bool> SendAsync(HttpContext context, IReadOnlyList<ETag> settled)
    {
        var (writer, asker) = (context.Response.BodyWriter, Asker.Peer(context));
        long sent = 0, unsent = 0;
        foreach (var (etag, path, size) in shelf.LocateToOpen(settled))
        {
            using var file = size <= PeerProtocol.LargestBundled ? Open(path) : null;
            if (file is null || RandomAccess.GetLength(file) != size)
                continue;
            writer.Advance(BundleFrame.Write(writer.GetSpan(BundleFrame.LongestHead), etag, (int)size));
            for (long offset = 0; offset < size;)
            {
                var step = (int)Math.Min(MostUnsent, size - offset);
                var read = RandomAccess.Read(file, writer.GetSpan(step)[..step], offset);
                if (read is 0)
                    throw new EndOfStreamException($"{path} is shorter than the {size} bytes that were announced");
                writer.Advance(read);
                offset += read;
                await sender.PassAsync(asker, read, context.RequestAborted);
                if ((unsent += read) < MostUnsent)
                    continue;
                await FlushAsync(context);
                unsent = 0;
            }
            sent += BundleFrame.LongestHead + size;
        }
        await FlushAsync(context);
        return sent > 0;
    }

    static async Task BeatAsync(HttpContext context)
    {
        context.Response.BodyWriter.GetSpan(1)[0] = BundleFrame.Beat;
        context.Response.BodyWriter.Advance(1);
        await FlushAsync(context);
    }

    static async Task FlushAsync(HttpContext context)
    {
        if ((await context.Response.BodyWriter.FlushAsync(context.RequestAborted)).IsCompleted)
            throw new OperationCanceledException();
    }

    SafeFileHandle? Open(string path)
    {
        try
        {
            return shelf.Open(path);
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return null; // Removed in this moment.
        }
    }
}
