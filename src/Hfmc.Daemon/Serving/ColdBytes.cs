using Hfmc.Core;
using Hfmc.Core.Planning;
using Hfmc.Core.Store;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hfmc.Daemon.Serving;

/// <summary>
/// Sends a file that is not here while it comes. The headers leave with the first bytes, or a moment after the request; when the bytes turn
/// out wrong, or nobody can give the rest, the connection is cut short of the length that was announced.
/// </summary>
sealed class ColdBytes(FileReadings readings, BlobSender sender, TimeProvider time, ILogger<ColdBytes> logger, CancellationToken stopping)
{
    // Failures within it can still be told with a status, and where a source has failed already it is worth waiting for the others; clients
    // wait 10 s for headers.
    static readonly TimeSpan HeadPatience = TimeSpan.FromSeconds(1), TroublePatience = TimeSpan.FromSeconds(3);

    public async Task WriteAsync(HttpContext context, Asker asker, WantedFile wanted, AskedBytes asked)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await using var reading = readings.Open(wanted, asked.Range, asked.IsBounded);
        try
        {
            await BeginAsync(context, reading, asked.Range, ending.Token);
            for (var at = asked.Range.Start; at < asked.Range.End;)
            {
                var ready = await reading.NextAsync(at, ending.Token);
                await sender.SendAsync(context, asker, ready.File, new(at, ready.End));
                context.RequestAborted.ThrowIfCancellationRequested();
                at = ready.End;
            }
        }
        catch (HfmcException failure) when (context.Response.HasStarted)
        {
            logger.Cut(wanted.File.Path.Text, wanted.Listing.Snapshot.Repo.ToString(), failure.Message);
            context.Abort();
        }
        catch (HfmcException failure)
        {
            context.Response.ContentLength = null;
            context.Response.Headers.ContentRange = default;
            throw Refusal(wanted, failure);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            context.Abort(); // The daemon ends.
        }
    }

    async Task BeginAsync(HttpContext context, FileReading reading, ByteRange range, CancellationToken cancellationToken)
    {
        if (range.IsEmpty)
            return;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var first = reading.NextAsync(range.Start, cancellationToken).AsTask();
        await Task.WhenAny(first, Task.Delay(HeadPatience, time, enough.Token));
        if (!first.IsCompleted && reading.HasTrouble)
            await Task.WhenAny(first, Task.Delay(TroublePatience - HeadPatience, time, enough.Token));
        await enough.CancelAsync();
        if (!first.IsCompleted)
            await context.Response.BodyWriter.FlushAsync(cancellationToken);
        await first;
    }

    // In the Hub's words, and never one that clients try again for half a minute.
    static ViewException Refusal(WantedFile wanted, HfmcException failure)
    {
        var (repo, commit) = (wanted.Listing.Snapshot.Repo, wanted.Listing.Snapshot.Commit);
        return failure.Kind switch
        {
            FailureKind.NotFound => ViewException.NoSuchEntry(commit, failure.Message),
            FailureKind.Denied => new(StatusCodes.Status403Forbidden, ViewException.GatedRepo, failure.Message),
            FailureKind.Disk => new(StatusCodes.Status507InsufficientStorage, null, failure.Message),
            _ => ViewException.NotHere(repo, wanted.Revision, failure.Message),
        };
    }
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "An answer with {File} of {Repo} was cut off: {Reason}")]
    public static partial void Cut(this ILogger<ColdBytes> logger, string file, string repo, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Sentence}")]
    public static partial void Reader(this ILogger<ColdBytes> logger, string sentence);
}
