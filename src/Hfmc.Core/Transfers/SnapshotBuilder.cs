using Hfmc.Core.Repos;

namespace Hfmc.Core.Transfers;

/// <summary>
/// Gathers what a stranger lists as the files of a repo and refuses what no honest repo has: unsafe names, ids that are no
/// digests, negative sizes, a file that is also a folder.
/// </summary>
public sealed class SnapshotBuilder(string source, RepoId repo)
{
    readonly SortedDictionary<FilePath, RepoFile> _files = [];
    readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    /// <exception cref="SourceException">The entry cannot be right.</exception>
    public void Add(string? name, string? id, long size, string? xetId)
    {
        if (!FilePath.TryParse(name, out var path))
            throw Refuse($"a file name that is not safe: '{Printable(name)}'");
        if (!ETag.TryParse(id, out var etag))
            throw Refuse($"no usable id for {path}");
        if (size < 0)
            throw Refuse($"a negative size for {path}");
        if (_files.Count >= Snapshot.MostFiles)
            throw Refuse($"more than {Snapshot.MostFiles} files");
        // A gated listing shows asterisks instead of Xet ids.
        var xet = ETag.TryParse(xetId, out var parsed) && parsed.Kind is DigestKind.Sha256 ? parsed.Text : null;
        if (!_files.TryAdd(path, new(path, new(etag, size), xet)))
            throw Refuse($"{path} twice");
        for (var slash = path.Text.LastIndexOf('/'); slash > 0 && _folders.Add(path.Text[..slash]);)
            slash = path.Text.LastIndexOf('/', slash - 1);
    }

    public Snapshot ToSnapshot(CommitId commit)
    {
        foreach (var path in _files.Keys)
            if (_folders.Contains(path.Text))
                throw Refuse($"'{path}' as a file and as a folder");
        return new(repo, commit, [.. _files.Values]);
    }

    SourceException Refuse(string what) => new(SourceFault.Lied, $"{source} lists {repo} with {what}");

    static string Printable(string? text) => string.Concat((text ?? "").Take(80).Select(c => char.IsControl(c) ? '?' : c));
}
