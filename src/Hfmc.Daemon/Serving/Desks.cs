using Hfmc.Core.Peers;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;
using Hfmc.Daemon.Access;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Serving;

/// <summary>
/// Decides who may see what is not public: a member of this machine's cluster all of it, and who has proven that it has read a repo the
/// large files of that repo; both prove over TLS, with their own key, which node they are. Everybody else stands at the desk for
/// everybody, where the rest does not exist.
/// </summary>
/// <param name="everybody">Of what is public.</param>
/// <param name="members">Of everything that has a record.</param>
/// <param name="pass">Null when this machine can be in no cluster.</param>
/// <param name="opened">What is open to whom; null when nothing is proven here.</param>
/// <param name="readers">Makes a desk for one reader, of a shelf.</param>
/// <param name="cache">Whose records it is about.</param>
/// <param name="readings">Know which bytes may have been changed.</param>
sealed class Desks(Desk everybody, Desk members, ClusterPass? pass, OpenRepos? opened, Func<Shelf, Desk> readers, CacheFolder cache, FileReadings readings)
{
    // Readers whose desks are kept; more of them have theirs made anew.
    const int MostReaders = 64;

    readonly Lock _lock = new();
    readonly Dictionary<NodeId, (IReadOnlySet<(RepoId, CommitId)> Open, Desk Desk)> _readers = [];

    public Desk For(HttpContext context) =>
        IsMember(context) ? members
        : AskingNode.Proven(context) is { } node && opened?.OpenTo(node) is { Count: > 0 } open ? ReaderDesk(node, open)
        : everybody;

    /// <summary>What members tell each other; null for everybody else, and without a cluster.</summary>
    public PeerClusterMessage? Greet(HttpContext context, PeerClusterMessage? said)
    {
        if (said is null || !IsMember(context))
            return null;
        pass?.Hear(said);
        return pass?.Message();
    }

    public bool IsMember(HttpContext context) =>
        pass is not null && AskingNode.Proven(context) is { } node && pass.IsMember(node, context.Request.Headers[PeerProtocol.MemberHeader].ToString());

    Desk ReaderDesk(NodeId node, IReadOnlySet<(RepoId, CommitId)> open)
    {
        lock (_lock)
        {
            if (_readers.TryGetValue(node, out var known) && known.Open.SetEquals(open))
                return known.Desk;
            if (_readers.Count >= MostReaders)
                _readers.Clear();
            var desk = readers(new(cache, record => record.Public is not null || open.Contains((record.Repo, record.Commit)),
                (record, file) => record.Public is not null || file.ETag.Kind is DigestKind.Sha256, readings));
            _readers[node] = (open, desk);
            return desk;
        }
    }
}
