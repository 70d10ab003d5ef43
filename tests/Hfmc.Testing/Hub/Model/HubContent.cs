using System.Collections.Concurrent;
using Hfmc.Core.Repos;

namespace Hfmc.Testing;

/// <summary>The repos and users of a fake hub. Two hubs may share one, as a mirror and its origin do.</summary>
public sealed class HubContent(TimeProvider time, long lfsThreshold)
{
    readonly ConcurrentDictionary<RepoId, FakeRepo> _repos = new();
    readonly ConcurrentDictionary<RepoId, RepoId> _formerNames = new();
    readonly ConcurrentDictionary<string, string> _users = new(StringComparer.Ordinal);

    public IEnumerable<FakeRepo> Repos => _repos.Values;

    internal TimeProvider Time => time;

    /// <summary>From this size in bytes on, files go to large file storage.</summary>
    internal long LfsThreshold => lfsThreshold;

    /// <summary>The repo of that name, new and empty if there was none.</summary>
    public FakeRepo Add(string id, RepoType type = RepoType.Model) =>
        _repos.GetOrAdd(RepoId.Parse(id, type), key => new(this, key));

    public void Remove(RepoId id) => _repos.TryRemove(id, out _);

    /// <summary>Makes the token valid; the user's name is made up unless given.</summary>
    public void AddUser(string token, string? name = null)
    {
        if (name is not null)
            _users[token] = name;
        else
            _users.TryAdd(token, "user" + _users.Count);
    }

    public string? UserOf(string? token) => token is null ? null : _users.GetValueOrDefault(token);

    internal FakeRepo? Find(RepoId id) => _repos.GetValueOrDefault(id);

    internal RepoId? PresentName(RepoId id) => _formerNames.TryGetValue(id, out var present) ? present : null;

    internal void AddFormerName(RepoId former, RepoId present) => _formerNames[former] = present;
}
