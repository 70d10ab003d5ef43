using Hfmc.Core.Repos;

namespace Hfmc.Core.Transfers;

/// <summary>
/// Gathers what a stranger lists as the files of a repo and refuses what no honest repo has: ids that are no digests, negative sizes, a
/// file that is also a folder. Names that cannot be kept here are put aside: such files are never made.
/// </summary>
public sealed class SnapshotBuilder(string source, RepoId repo)
{
    readonly SortedDictionary<FilePath, RepoFile> _files = [];
    // Characters of all names that are put aside.
    const int MostSkipped = 16 << 20;

    readonly HashSet<string> _folders = new(StringComparer.Ordinal);
    readonly List<string> _skipped = [];
    long _skippedLength;

    /// <summary>False when the name cannot be kept here.</summary>
    /// <exception cref="SourceException">The entry cannot be right.</exception>
    public bool Add(string? name, string? id, long size, string? xetId)
    {
        if (string.IsNullOrEmpty(name))
            throw Refuse("a file without a name");
        if (AddOdd(name) || !FilePath.TryParse(name, out var path))
            return false;
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
        return true;
    }

    public RepoFile? Find(FilePath path) => _files.GetValueOrDefault(path);

    /// <summary>Puts a name aside that cannot be kept here; false for all others.</summary>
    /// <exception cref="SourceException">Too many.</exception>
    public bool AddOdd(string? name)
    {
        if (string.IsNullOrEmpty(name) || FilePath.TryParse(name, out _))
            return false;
        if ((_skippedLength += name.Length) > MostSkipped)
            throw Refuse("too many names that cannot be kept here");
        _skipped.Add(name);
        return true;
    }

    public Snapshot ToSnapshot(CommitId commit)
    {
        foreach (var path in _files.Keys)
            if (_folders.Contains(path.Text))
                throw Refuse($"'{path}' as a file and as a folder");
        return new(repo, commit, [.. _files.Values]) { Skipped = [.. _skipped.Order(StringComparer.Ordinal)] };
    }

    SourceException Refuse(string what) => new(SourceFault.Lied, $"{source} lists {repo} with {what}");
}
