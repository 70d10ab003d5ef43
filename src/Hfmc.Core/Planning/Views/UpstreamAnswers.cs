using System.Security.Cryptography;
using Hfmc.Core.Hub;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Planning;

/// <summary>A clear word of an upstream, yes or no.</summary>
public sealed record UpstreamAnswer(HubReply Reply, HubClient Hub);

/// <summary>
/// Passes questions on to upstreams, in their order, and remembers the answers for a short while: to strangers for seconds, to a
/// caller with a token for a minute, each under his own mark.
/// </summary>
sealed class UpstreamAnswers(UpstreamBackoff backoff, TimeProvider time)
{
    public static readonly TimeSpan GoodForStrangers = TimeSpan.FromSeconds(10), GoodForCaller = TimeSpan.FromMinutes(1), GoodForLong = TimeSpan.FromDays(1);

    // A client waits 10 s for the first byte of an answer.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    const int MostAnswers = 4096, HeadWeight = 1024, NotModified = 304, TooManyRequests = 429, LoopDetected = 508, MostAtOnce = 64;
    const long MostBytes = 64 << 20;

    readonly SemaphoreSlim _places = new(MostAtOnce);
    readonly Recent<Question, HubReply> _recent = new(time, MostAnswers, MostBytes, reply => HeadWeight + reply.Body.Length);

    /// <summary>
    /// The first yes; else the no of the token's home, or of all. Null when none gives a final word: a mirror's no is not one while the
    /// home is silent. Of questions with a token only those upstreams are asked that may see it.
    /// </summary>
    /// <param name="hubs">With the caller's token.</param>
    /// <param name="question">What to pass on.</param>
    /// <param name="mark">The caller's, or a stranger's.</param>
    /// <param name="anonymous">Without the token.</param>
    /// <param name="cancellationToken">Who leaves does not end a question that others may ask too.</param>
    public async Task<UpstreamAnswer?> AskAsync(
        IReadOnlyList<HubClient> hubs, HubQuestion question, string mark, bool anonymous, CancellationToken cancellationToken)
    {
        UpstreamAnswer? no = null;
        var isSilent = false;
        var asked = hubs.Where(hub => anonymous || hub.Upstream.Token is not null).ToList();
        // Those that were away are tried beside the others, and waited for only when these do not know.
        var tries = asked.Where(IsInDoubt).ToDictionary(hub => hub, hub => AskAsync(hub, question, mark, anonymous, cancellationToken));
        foreach (var hub in asked.OrderBy(hub => tries.ContainsKey(hub) ? 1 : 0))
        {
            var reply = await (tries.GetValueOrDefault(hub) ?? AskAsync(hub, question, mark, anonymous, cancellationToken));
            if (reply is null)
                isSilent = true;
            else if (reply.IsYes || hub.Upstream.Kind is SourceKind.Hub)
                return new(reply, hub);
            else
                no ??= new(reply, hub);
        }
        return isSilent ? null : no;
    }

    /// <summary>The last yes to a question of strangers, however old; null when there was none.</summary>
    public UpstreamAnswer? LastYes(IReadOnlyList<HubClient> hubs, HubQuestion question, string mark) =>
        hubs.Select(hub => _recent.Last(KeyOf(hub, question, mark)) is { IsYes: true } reply ? new UpstreamAnswer(reply, hub) : null)
            .FirstOrDefault(answer => answer is not null);

    /// <summary>An upstream failed at something that was asked in another way.</summary>
    public void Failed(HubClient hub, SourceException error)
    {
        if (error.Fault is SourceFault.Unreachable or SourceFault.Stalled or SourceFault.Busy or SourceFault.Away or SourceFault.Blocked)
            backoff.Failed(hub.Upstream, error);
    }

    /// <summary>Its last word was a failure.</summary>
    public bool IsInDoubt(HubClient hub) => backoff.IsInDoubt(hub.Upstream);

    /// <summary>How long the upstreams want to be left alone, as the first that said so did; null when none did.</summary>
    public TimeSpan? AskedToWait(IEnumerable<HubClient> hubs) =>
        hubs.Select(hub => backoff.AskedFor(hub.Upstream)).FirstOrDefault(wait => wait is not null);

    Task<HubReply?> AskAsync(HubClient hub, HubQuestion question, string mark, bool anonymous, CancellationToken cancellationToken) =>
        _recent.GetAsync(
            KeyOf(hub, question, mark), reply => !anonymous ? GoodForCaller : question.IsOfCommit && reply.IsYes ? GoodForLong : GoodForStrangers,
            last => backoff.MayAsk(hub.Upstream) ? TryAskAsync(hub, question, last, anonymous) : Task.FromResult<HubReply?>(null), cancellationToken);

    async Task<HubReply?> TryAskAsync(HubClient hub, HubQuestion question, HubReply? last, bool anonymous)
    {
        // Who asks for many things at once waits for his own questions; what is answered here already needs no place.
        await _places.WaitAsync();
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            var reply = await hub.AskAsync(question with { KnownTag = last is { IsYes: true } ? last["ETag"] : null }, anonymous, patience.Token);
            // It would have had to ask this daemon in turn; asked for somebody else it may know.
            if (reply.Status is LoopDetected)
                return null;
            if (reply is { IsYes: false, IsNo: false } && !(reply.Status is NotModified && last is not null))
            {
                backoff.Failed(hub.Upstream, reply.Status is TooManyRequests ? SourceFault.Busy : SourceFault.Away, reply.RetryAfter);
                return null;
            }
            backoff.Answered(hub.Upstream);
            return reply.Status is NotModified ? last : reply;
        }
        catch (SourceException error) when (error.Fault is SourceFault.Missing)
        {
            return HubReply.TurnedAway; // A mirror that sends callers on to the Hub.
        }
        catch (SourceException error)
        {
            Failed(hub, error);
            return null;
        }
        catch (OperationCanceledException)
        {
            backoff.Failed(hub.Upstream, SourceFault.Stalled);
            return null;
        }
        finally
        {
            _places.Release();
        }
    }

    static Question KeyOf(HubClient hub, HubQuestion question, string mark) =>
        new(hub.Upstream.Address, question.Path, question.Body is { } body ? Convert.ToHexString(SHA256.HashData(body)) : "", mark);

    readonly record struct Question(Uri Upstream, string Path, string Body, string Mark);
}
