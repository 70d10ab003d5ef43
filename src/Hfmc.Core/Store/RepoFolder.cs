using System.Text;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>
/// The folder of a repo in the hub, as huggingface_hub lays it out. Reading only; a folder that is not there reads as empty.
/// </summary>
public sealed class RepoFolder(string hubFolder, RepoId repo)
{
    const int ShortestCommit = 7, LongestRef = 256;

    static readonly string[] Junk = [".DS_Store", "Thumbs.db", "desktop.ini"];

    public RepoId Repo { get; } = repo;

    public string Root { get; } = Path.Combine(hubFolder, repo.FolderName);

    public string BlobsFolder => Path.Combine(Root, "blobs");

    public string RefsFolder => Path.Combine(Root, "refs");

    public string SnapshotsFolder => Path.Combine(Root, "snapshots");

    public string BlobFile(ETag etag) => Path.Combine(BlobsFolder, etag.Text);

    public string RefFile(Revision revision) => FilePath.Parse(revision.Text).Below(RefsFolder);

    public string SnapshotFolder(CommitId commit) => Path.Combine(SnapshotsFolder, commit.Text);

    public string NoExistFolder(CommitId commit) => Path.Combine(Root, ".no_exist", commit.Text);

    public string NoExistFile(CommitId commit, FilePath path) => path.Below(NoExistFolder(commit));

    public string TreeFile(CommitId commit) => Path.Combine(Root, "trees", $"{commit.Text}.json");

    /// <summary>Python's lock on a blob of this repo. Never open it except to lock: any open of .NET locks it.</summary>
    public string LockFile(ETag etag) => Path.Combine(hubFolder, ".locks", Repo.FolderName, $"{etag.Text}.lock");

    public bool HasSnapshot(CommitId commit) => Directory.Exists(SnapshotFolder(commit));

    /// <summary>
    /// A full commit is itself, and HEAD is main; else what the ref says, even if its snapshot is gone; else the one snapshot whose commit starts with the
    /// text (7 digits at least). Null when nothing or several fit.
    /// </summary>
    public CommitId? ResolveRef(Revision revision)
    {
        if (CommitId.TryParse(revision.Text, out var commit))
            return commit;
        // Python writes a ref of this name when it is asked for HEAD.
        if ((ReadRef(RefFile(revision.OrDefault)) ?? ReadRef(RefFile(revision))) is { } named)
            return named;
        if (revision.Text.Length < ShortestCommit)
            return null;
        CommitId[] fitting = [.. Commits().Where(known => known.Text.StartsWith(revision.Text, StringComparison.Ordinal))];
        return fitting is [var only] ? only : null;
    }

    /// <summary>When what this cache says of a branch or tag was written; null when it says nothing.</summary>
    public DateTimeOffset? RefWritten(Revision revision)
    {
        foreach (var file in (string[])[RefFile(revision.OrDefault), RefFile(revision)])
            if (ReadRef(file) is not null)
                return new(File.GetLastWriteTimeUtc(file), TimeSpan.Zero);
        return null;
    }

    /// <summary>The commits that have a snapshot folder, sorted.</summary>
    public IReadOnlyList<CommitId> Commits() =>
        Read(SnapshotsFolder, folder =>
        {
            var commits = new List<CommitId>();
            foreach (var name in Directory.EnumerateDirectories(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal))
                if (CommitId.TryParse(name, out var commit))
                    commits.Add(commit);
            return commits;
        });

    /// <summary>All refs, dangling ones too, sorted by name.</summary>
    public IReadOnlyList<CachedRef> Refs() =>
        Read(RefsFolder, folder =>
        {
            var refs = new List<CachedRef>();
            foreach (var file in Directory.EnumerateFiles(folder, "*", SnapshotEntries.All).Order(StringComparer.Ordinal))
                if (!Junk.Contains(Path.GetFileName(file))
                    && Revision.TryParse(Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'), out var revision))
                    refs.Add(new(revision, ReadRef(file)));
            return refs;
        });

    /// <summary>Null when the snapshot has no such file, or a link that leads nowhere.</summary>
    public CachedFile? FindFile(CommitId commit, FilePath path) => CachedFile.At(path, path.Below(SnapshotFolder(commit)));

    /// <summary>The path of a blob of the right size in this repo's <c>blobs/</c>, or null. The content is not looked at.</summary>
    public string? Locate(Blob blob)
    {
        var file = BlobFile(blob.ETag);
        return CachedFile.At(FilePath.Parse(blob.ETag.Text), file)?.Size == blob.Size ? file : null;
    }

    /// <summary>Where the bytes of a file are: under the blob's name, or without links in the snapshot itself. Null when neither has its size.</summary>
    public string? Locate(CommitId commit, RepoFile file) =>
        Locate(file.Blob) ?? (FindFile(commit, file.Path) is { IsLink: false } entry && entry.Size == file.Size ? entry.RealPath : null);

    /// <summary>A marker that this path is known to be missing at this commit.</summary>
    public bool IsKnownMissing(CommitId commit, FilePath path) => File.Exists(NoExistFile(commit, path));

    // Python writes 40 digits and nothing else; editors, scripts and git add line ends, blanks and marks.
    static CommitId? ReadRef(string file)
    {
        try
        {
            Span<byte> text = stackalloc byte[LongestRef + 1];
            using var handle = File.OpenHandle(file);
            var length = RandomAccess.Read(handle, text, 0);
            text = text[..length];
            if (text.StartsWith(Encoding.UTF8.Preamble))
                text = text[Encoding.UTF8.Preamble.Length..];
            return length <= LongestRef && CommitId.TryParse(Encoding.Latin1.GetString(text).Trim(' ', '\t', '\r', '\n'), out var commit) ? commit : null;
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return null;
        }
    }

    static IReadOnlyList<T> Read<T>(string folder, Func<string, IReadOnlyList<T>> read) =>
        DiskFailure.Guard($"read {folder}", () => Directory.Exists(folder) ? read(folder) : []);
}
