using System.Collections.Concurrent;
using Hfmc.Core.Repos;

namespace Hfmc.Testing;

/// <summary>A repo of the fake hub: commits, the names that point at them, and who may read it.</summary>
public sealed class FakeRepo
{
    readonly HubContent _hub;
    readonly ConcurrentDictionary<string, CommitId> _refs = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<CommitId, FakeCommit> _commits = new();
    readonly ConcurrentDictionary<string, bool> _allowed = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, bool> _lfs = new(StringComparer.Ordinal);

    internal FakeRepo(HubContent hub, RepoId id) => (_hub, Id) = (hub, id);

    public RepoId Id { get; }

    /// <summary>Anyone sees the listing; bytes want a token that was allowed.</summary>
    public bool Gated { get; set; }

    /// <summary>Without a token that was allowed the repo does not seem to exist.</summary>
    public bool Private { get; set; }

    public IEnumerable<FakeCommit> Commits => _commits.Values;

    /// <summary>Full ref names, such as <c>refs/heads/main</c>, and where they point.</summary>
    public IReadOnlyDictionary<string, CommitId> Refs => _refs;

    public FakeRepo Allow(string token)
    {
        _allowed[token] = true;
        _hub.AddUser(token);
        return this;
    }

    public void Forbid(string token) => _allowed.TryRemove(token, out _);

    public bool Allows(string? token) => token is not null && _allowed.ContainsKey(token);

    /// <summary>Puts these paths into large file storage in later commits, whatever their size.</summary>
    public FakeRepo KeepInLfs(params string[] paths)
    {
        foreach (var path in paths)
            _lfs[path] = true;
        return this;
    }

    /// <summary>Makes the branch point at a commit with exactly these files.</summary>
    public CommitId Commit(IReadOnlyDictionary<string, byte[]> files, string branch = "main") =>
        Commit(files.ToDictionary(file => file.Key, FileContent (file) => new BytesContent(file.Value)), branch);

    /// <summary>Makes the branch point at a commit with exactly these files.</summary>
    public CommitId Commit(IReadOnlyDictionary<string, FileContent> files, string branch = "main")
    {
        var commit = new FakeCommit(Id, files.Select(file => FileOf(file.Key, file.Value)), _hub.Time.GetUtcNow());
        _commits[commit.Id] = commit;
        _refs["refs/heads/" + branch] = commit.Id;
        return commit.Id;
    }

    public FakeRepo Tag(string name, CommitId commit) => Point("refs/tags/" + name, commit);

    public FakeRepo PullRequest(int number, CommitId commit) => Point($"refs/pr/{number}", commit);

    /// <summary>Points a full ref name at a commit.</summary>
    public FakeRepo Point(string reference, CommitId commit)
    {
        _refs[reference] = commit;
        return this;
    }

    /// <summary>Lets an earlier name of the repo answer 307 to the present one.</summary>
    public FakeRepo FormerlyKnownAs(string id)
    {
        _hub.AddFormerName(RepoId.Parse(id, Id.Type), Id);
        return this;
    }

    /// <summary>The hub's JSON of the repo at the commit, without its files.</summary>
    public string Describe(FakeCommit commit)
    {
        var info = RepoJson.Info(this, commit, withBlobs: false, withXet: false);
        info.Remove("siblings");
        info.Remove("xetEnabled");
        return info.ToJsonString();
    }

    /// <summary>The commit and those that were made before it, the newest first.</summary>
    public IReadOnlyList<FakeCommit> History(FakeCommit commit) =>
        [commit, .. _commits.Values.Where(other => other.Date < commit.Date).OrderByDescending(other => other.Date)];

    /// <summary>The commit of a branch, tag, full ref, <c>HEAD</c> or full commit; null when there is none.</summary>
    public FakeCommit? Find(string revision)
    {
        if (CommitId.TryParse(revision, out var commit))
            return _commits.GetValueOrDefault(commit);
        var name = revision is "HEAD" ? "main" : revision;
        string[] candidates = ["refs/heads/" + name, "refs/tags/" + name, name];
        return Array.Find(candidates, _refs.ContainsKey) is { } found ? _commits.GetValueOrDefault(_refs[found]) : null;
    }

    FakeFile FileOf(string path, FileContent content) =>
        new(path, content, _lfs.ContainsKey(path) || content.Size >= _hub.LfsThreshold);
}
