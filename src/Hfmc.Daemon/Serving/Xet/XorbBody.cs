using Hfmc.Core.Store;
using Hfmc.Core.Xet;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Serving.Xet;

/// <summary>The bytes of a xorb on their way to one asker: headers that are made, and between them the file's own bytes, in steps as large as those of files.</summary>
sealed class XorbBody(IFileBytes file, Xorb xorb, BlobSender sender, Asker asker)
{
    public int Length => xorb.Run.PackedLength;

    public async Task WriteAsync(HttpContext context, ByteRange range)
    {
        var (writer, cancellationToken) = (context.Response.BodyWriter, context.RequestAborted);
        for (var at = (int)range.Start; at < range.End;)
        {
            var step = (int)Math.Min(sender.NextStep(asker), range.End - at);
            var bytes = writer.GetMemory(step)[..step];
            foreach (var part in xorb.Parts(at, at + step))
            {
                if (part.FileStart is { } start)
                    await file.ReadAsync(start, bytes[..part.Length], cancellationToken);
                else
                    part.WriteHeader(bytes.Span);
                bytes = bytes[part.Length..];
            }
            await sender.PassAsync(asker, step, cancellationToken);
            writer.Advance(step);
            at += step;
            if ((await writer.FlushAsync(cancellationToken)).IsCompleted)
                return;
        }
    }
}
