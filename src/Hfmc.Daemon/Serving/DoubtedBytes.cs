using Hfmc.Core.Planning;
using Hfmc.Core.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Hfmc.Daemon.Serving;

/// <summary>
/// Sends a file that is here and may have been changed since it was put there: at once, but for its end, which waits until all of it was
/// read. When its bytes are wrong the connection is cut, so that nobody completes a wrong file, and whoever asks again gets it as if it
/// were not here.
/// </summary>
sealed class DoubtedBytes(FileReadings readings, BlobSender sender, ILogger<ColdBytes> logger)
{
    public async Task WriteAsync(HttpContext context, Asker asker, SafeFileHandle file, HeldFile held, ByteRange range)
    {
        var agrees = readings.AgreesAsync(held);
        var free = Math.Clamp(held.File.Size - FileReading.Tail, range.Start, range.End);
        if (free > range.Start)
            await sender.SendAsync(context, asker, file, new(range.Start, free));
        else
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        if (free == range.End)
            return;
        if (await agrees.WaitAsync(context.RequestAborted))
        {
            await sender.SendAsync(context, asker, file, new(free, range.End));
            return;
        }
        readings.NoteWrong(held.File.ETag);
        logger.Cut(held.File.Path.Text, held.Repo.ToString(), "its bytes have changed since they were put into this cache; it is fetched again when somebody asks");
        context.Abort();
    }
}
