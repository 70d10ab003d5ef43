using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Sources;

/// <summary>The peers that were added by hand and answer right now.</summary>
public sealed class Neighbours
{
    // A daemon on a LAN answers in milliseconds: once the first has, the others get this much longer, so that one that is mute holds up nobody.
    static readonly TimeSpan Stragglers = TimeSpan.FromSeconds(1);

    readonly PeerClient _client;

    Neighbours(PeerClient client) => _client = client;

    /// <summary>Nearest first, by the time their greeting took.</summary>
    public IReadOnlyList<PeerAddress> Alive { get; private init; } = [];

    /// <summary>Those that did not answer, or not as a daemon does; not those that are refused.</summary>
    public IReadOnlyList<PeerAddress> Silent { get; private init; } = [];

    /// <summary>What is wrong with those that answered, and are not used all the same.</summary>
    public IReadOnlyList<SourceException> Refused { get; private init; } = [];

    /// <summary>Those of them that tell what they have while it changes.</summary>
    public IReadOnlySet<PeerAddress> Following { get; private init; } = new HashSet<PeerAddress>();

    /// <summary>Those of them that send many small blobs in one answer.</summary>
    public IReadOnlySet<PeerAddress> Bundling { get; private init; } = new HashSet<PeerAddress>();

    /// <summary>Those of them that show what is not public to who has read it.</summary>
    public IReadOnlySet<PeerAddress> Reading { get; private init; } = new HashSet<PeerAddress>();

    /// <summary>Why peers could not be used for the last <see cref="FindAsync"/>.</summary>
    public IReadOnlyList<SourceException> Failures { get; private set; } = [];

    /// <summary>Peers that have been met in another way.</summary>
    internal static Neighbours Of(PeerClient client, IReadOnlyList<PeerAddress> alive) => new(client) { Alive = alive };

    /// <summary>Greets all peers together; those that do not answer in time are left out, and so is this node itself.</summary>
    /// <param name="client">Asks them.</param>
    /// <param name="peers">All of them.</param>
    /// <param name="self">This node's id.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="silent">Who did not answer lately, and is not waited for; null where nobody greets again.</param>
    public static async Task<Neighbours> GreetAsync(
        PeerClient client, IReadOnlyList<PeerAddress> peers, string? self, TimeProvider time, CancellationToken cancellationToken, SilentPeers? silent = null)
    {
        using var late = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        PeerAddress[] doubted = [.. peers.Where(peer => silent?.Contains(peer) is true)], awaited = [.. peers.Except(doubted)];
        var asides = PeerPoll.AskAllAsync(
            doubted, (peer, token) => silent!.GreetAsync(client, peer, ending => TimedHelloAsync(client, peer, time, ending), token), cancellationToken);
        var greeted = await PeerPoll.AskAllAsync(
            awaited, (peer, token) => silent is null ? Greet(peer, token) : silent.WatchAsync(peer, () => Greet(peer, token)), cancellationToken);
        PeerAnswer<(PeerHello Hello, TimeSpan RoundTrip)>[] answers = [.. greeted, .. await asides];
        var alive = answers.Where(answer => answer.Error is null && answer.Value.Hello.Node != self)
            .OrderBy(answer => answer.Value.RoundTrip).DistinctBy(answer => answer.Value.Hello.Node).ToList();
        return new(client)
        {
            Alive = [.. alive.Select(answer => answer.Peer)],
            Silent = [.. answers.Where(answer => answer.Error is { SaysWhatToDo: false }).Select(answer => answer.Peer)],
            Refused = [.. answers.Select(answer => answer.Error).OfType<SourceException>().Where(error => error.SaysWhatToDo)],
            Following = With(PeerProtocol.FollowFeature),
            Bundling = With(PeerProtocol.BundleFeature),
            Reading = With(PeerProtocol.ReadingFeature),
        };

        Task<(PeerHello Hello, TimeSpan RoundTrip)> Greet(PeerAddress peer, CancellationToken token) =>
            GreetAsync(client, peer, late, isLast: awaited.Length <= PeerPoll.AtOnce, time, token);

        HashSet<PeerAddress> With(string feature) => [.. alive.Where(answer => answer.Value.Hello.Features?.Contains(feature) is true).Select(answer => answer.Peer)];
    }

    /// <summary>The repo at the revision as the peers know it, a part of it where none knows all; null when none knows it.</summary>
    /// <exception cref="OfflineException">Two peers disagree: nobody can say here who is right.</exception>
    public async Task<Snapshot?> FindAsync(RepoId repo, Revision revision, CancellationToken cancellationToken)
    {
        var answers = await PeerPoll.AskAllAsync(Alive, (peer, token) => _client.FindAsync(peer, repo, revision, token), cancellationToken);
        Failures = [.. answers.Select(answer => answer.Error).OfType<SourceException>()];
        Snapshot? found = null;
        List<(PeerAddress Peer, Snapshot Snapshot)> heard = [];
        foreach (var answer in answers)
        {
            if (answer.Value is not { Snapshot: var snapshot })
                continue;
            if ((found is null ? snapshot : MergedLists.Of(found, snapshot)) is not { } merged)
            {
                var other = heard.Where(before => MergedLists.Of(before.Snapshot, snapshot) is null).Append(heard[0]).First();
                throw new OfflineException(
                    $"{repo}@{revision}: no upstream answers, and the peers disagree: {other.Peer} names {other.Snapshot.Commit.Short}, {answer.Peer} names {snapshot.Commit.Short}"
                    + " or other files; name the full commit with -v, or remove the peer that is wrong with 'hfmc peer rm'");
            }
            found = merged;
            heard.Add((answer.Peer, snapshot));
        }
        return found;
    }

    /// <summary>Who has which of the blobs in whole.</summary>
    public async Task<ILookup<Blob, PeerAddress>> HoldersAsync(IReadOnlyCollection<Blob> blobs, CancellationToken cancellationToken)
    {
        var answers = await PeerPoll.AskAllAsync(blobs.Count is 0 ? [] : Alive, (peer, token) => _client.HoldsAsync(peer, blobs, token), cancellationToken);
        return answers.SelectMany(answer => (answer.Value ?? new HashSet<Blob>()).Select(blob => (blob, answer.Peer)))
            .ToLookup(held => held.blob, held => held.Peer);
    }

    /// <summary>The blob at each of these peers.</summary>
    public IEnumerable<ISource> Sources(IEnumerable<PeerAddress> holders, Blob blob, BodyPump pump) =>
        holders.Select(peer => new PeerSource(_client, peer, blob, pump));

    static async Task<(PeerHello Hello, TimeSpan RoundTrip)> TimedHelloAsync(PeerClient client, PeerAddress peer, TimeProvider time, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        return (await client.HelloAsync(peer, cancellationToken), time.GetElapsedTime(begun));
    }

    // Where not all are asked at once, the last ones have not had their time when the first have answered.
    static async Task<(PeerHello Hello, TimeSpan RoundTrip)> GreetAsync(
        PeerClient client, PeerAddress peer, CancellationTokenSource late, bool isLast, TimeProvider time, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            var answer = await TimedHelloAsync(client, peer, time, either.Token);
            if (isLast)
                late.CancelAfter(Stragglers);
            return answer;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SourceException(SourceFault.Stalled, $"peer {peer} did not answer in time");
        }
    }
}
