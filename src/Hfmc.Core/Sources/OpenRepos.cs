using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;

namespace Hfmc.Core.Sources;

/// <summary>Which repos are open to which nodes, because these have proven that they have read them. Each for a while; bounded; safe for several threads.</summary>
public sealed class OpenRepos(TimeProvider time)
{
    /// <summary>How long a proof opens a repo.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    // Nodes, and repos for each. Who is forgotten can prove it again.
    const int MostNodes = 4096, MostOfNode = 64;

    readonly Lock _lock = new();
    readonly Dictionary<NodeId, Dictionary<(RepoId, CommitId), TimeSpan>> _open = [];

    public void Open(NodeId node, RepoId repo, CommitId commit)
    {
        lock (_lock)
        {
            if (_open.Count >= MostNodes && !_open.ContainsKey(node))
                _open.Clear();
            if (!_open.TryGetValue(node, out var repos))
                _open[node] = repos = [];
            if (repos.Count >= MostOfNode)
                repos.Clear();
            repos[(repo, commit)] = time.Steady() + Lifetime;
        }
    }

    /// <summary>What is open to the node now.</summary>
    public IReadOnlySet<(RepoId, CommitId)> OpenTo(NodeId node)
    {
        lock (_lock)
        {
            if (!_open.TryGetValue(node, out var repos))
                return new HashSet<(RepoId, CommitId)>();
            foreach (var (repo, until) in repos)
                if (until <= time.Steady())
                    repos.Remove(repo);
            if (repos.Count is 0)
                _open.Remove(node);
            return repos.Keys.ToHashSet();
        }
    }
}
