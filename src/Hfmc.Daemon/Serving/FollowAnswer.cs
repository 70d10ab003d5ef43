using System.Text.Json;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Sources;
using Hfmc.Core.Transfers;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Serving;

/// <summary>
/// Tells a peer what of some blobs is here, and who else wants them, for as long as it listens. What was begun is told at once, for
/// others wait for it; what has come is gathered, the longer the more listen.
/// </summary>
sealed class FollowAnswer(TransferBoard board, Shelf shelf, CrowdBook book, SmallBook smallBook, TimeProvider time)
{
    // Of this many listeners each costs as much as one: their news are gathered for longer.
    const int FewListeners = 16;

    // By then this node's own transfers leave the asker its share of the work, so that what it is told first does not leave anything out.
    static readonly TimeSpan Welcome = TimeSpan.FromMilliseconds(25);

    static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100), Together = TimeSpan.FromMilliseconds(5);

    readonly OpenListeners _listening = new();
    long _lines;

    /// <summary>Lines of news sent since the start.</summary>
    public long Lines => Volatile.Read(ref _lines);

    /// <param name="context">The answer to write.</param>
    /// <param name="blobs">What the asker wants to hear of.</param>
    /// <param name="small">What else it wants: told of in the first line only.</param>
    /// <param name="asker">Who it says that it is.</param>
    /// <param name="address">Where it relays the blobs itself; null when it does not want them.</param>
    public async Task WriteAsync(HttpContext context, IReadOnlySet<ETag> blobs, IReadOnlyList<ETag> small, NodeId? asker, PeerAddress? address)
    {
        using var place = _listening.Enter(Asker.Peer(context), blobs.Count + small.Count);
        if (place is null)
        {
            OpenBodies.Refuse(context.Response);
            return;
        }
        HashSet<ETag> wants = [.. blobs, .. small];
        using var wanting = asker is { } node && address is { } relay ? book.Enter(new(node, relay, wants)) : null;
        var news = new BlobNews(board, shelf, blobs);
        var members = new HashSet<NodeId>();
        try
        {
            context.Response.ContentType = "application/x-ndjson";
            // The head alone: who asks waits for it no longer than for any other answer, and there may be nothing to tell yet.
            await context.Response.Body.FlushAsync(context.RequestAborted);
            if (wanting is not null)
                await Task.Delay(Welcome, time, context.RequestAborted);
            // After the entry: what is begun from now on takes the asker into account. The first line comes with nothing to tell too: it is
            // waited for, and two that begin at one time would wait for each other.
            var begun = small.Count > 0 ? Of(small) : new(null, null);
            var told = time.GetTimestamp();
            while (!context.RequestAborted.IsCancellationRequested)
            {
                // Who asks of no blob is not woken by each that comes.
                Task[] changes = blobs.Count > 0 ? [board.Changed.Next, book.Changed.Next] : [book.Changed.Next];
                var newcomers = Newcomers(wants, asker, members);
                var wait = Gathering * Math.Max(1, _listening.Count / FewListeners) - time.GetElapsedTime(told);
                var said = news.Take(withPieces: wait <= TimeSpan.Zero || newcomers.Length > 0);
                if (said is not null || newcomers.Length > 0 || begun is not null)
                {
                    await SendAsync(context, (begun ?? new(null, null)) with { Blobs = said, Members = newcomers.Length > 0 ? newcomers : null });
                    (told, begun) = (time.GetTimestamp(), null);
                }
                else if (news.HasMore)
                {
                    await AnyAsync(changes, wait > Together ? wait : Together, context.RequestAborted);
                }
                else if (!await AnyAsync(changes, PeerProtocol.NewsBeat, context.RequestAborted))
                {
                    await BeatAsync(context);
                }
                await Task.Delay(Together, time, context.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody listens any more.
        }
    }

    // False when nothing has happened in that time. No timer is left behind: there is one such wait for each line and listener.
    async Task<bool> AnyAsync(Task[] changes, TimeSpan within, CancellationToken cancellationToken)
    {
        await ((Task)Task.WhenAny(changes)).WaitAsync(within, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Array.Exists(changes, change => change.IsCompleted);
    }

    PeerMember[] Newcomers(IReadOnlySet<ETag> blobs, NodeId? asker, HashSet<NodeId> known) =>
        [.. book.Sharing(blobs).Where(other => other.Node != asker && known.Count < PeerProtocol.MostMembers && known.Add(other.Node))
            .Select(other => new PeerMember(other.Node.Text, other.Address.Host, other.Address.Port))];

    PeerNews Of(IReadOnlyList<ETag> small)
    {
        var (wanted, begun) = smallBook.Of(small);
        // Those of an add that has just ended.
        for (var at = 0; at < small.Count; at++)
            if (board.HasEnded(small[at]) && !begun.Contains(at) && shelf.Locate(small[at]) is not null)
                begun.Add(at);
        return new(null, null) { SmallWanted = wanted.ToText(), SmallBegun = begun.ToText() };
    }

    async Task SendAsync(HttpContext context, PeerNews line)
    {
        Interlocked.Increment(ref _lines);
        await JsonSerializer.SerializeAsync(context.Response.Body, line, PeerJson.Default.PeerNews, context.RequestAborted);
        await BeatAsync(context);
    }

    static async Task BeatAsync(HttpContext context)
    {
        await context.Response.WriteAsync("\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
