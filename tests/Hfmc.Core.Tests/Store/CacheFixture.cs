using System.Security.Cryptography;
using System.Text;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;

namespace Hfmc.Core.Tests.Store;

/// <summary>A cache in a temporary folder, and the short words that the store's tests use.</summary>
sealed class CacheFixture : IDisposable
{
    readonly TempDirectory _folder = new();

    public CacheFixture()
    {
        Cache = CacheFolder.Open(Path.Combine(_folder.Path, "cache"), mayCreate: true);
        Cache.EnsureCreated();
        Records = new(Cache);
        Writer = new(Cache, Repo);
    }

    public static RepoId Repo { get; } = RepoId.Parse("acme/tiny");

    public CacheFolder Cache { get; }

    public RepoRecords Records { get; }

    public SnapshotWriter Writer { get; }

    /// <summary>A folder outside the cache.</summary>
    public string Outside => Directory.CreateDirectory(Path.Combine(_folder.Path, "outside")).FullName;

    public RepoFolder Folder => Cache.Repo(Repo);

    public CacheScan Scan => new(Cache, Records);

    public CacheRemoval Removal => new(Cache, Records, TimeProvider.System) { LockPatience = TimeSpan.Zero };

    public static CommitId Commit(char digit) => CommitId.TryParse(new string(digit, 40), out var commit) ? commit : throw new ArgumentException("not hex");

    public static FilePath At(string text) => FilePath.Parse(text);

    public static ETag Sha256Of(string text) => ETag.FromDigest(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static ETag GitSha1Of(string text) => ETag.FromDigest(SHA1.HashData(Encoding.UTF8.GetBytes($"blob {Encoding.UTF8.GetByteCount(text)}\0{text}")));

    public static RepoFile Listed(string path, string content) => new(At(path), new(Sha256Of(content), content.Length));

    /// <summary>Puts a blob there, named by its sha256, and a link to it.</summary>
    public string Add(CommitId commit, string path, string content, string? revision = null)
    {
        var etag = PutBlob(content);
        var entry = Writer.Link(commit, At(path), etag);
        if (revision is not null)
            Writer.WriteRef(Revision.Parse(revision), commit);
        return entry;
    }

    public ETag PutBlob(string content, ETag? name = null)
    {
        var etag = name ?? Sha256Of(content);
        Writer.Prepare();
        File.WriteAllText(Folder.BlobFile(etag), content);
        return etag;
    }

    public void PutTree(CommitId commit, params RepoFile[] files) => Writer.WriteTree(new(Repo, commit, files));

    public void PutRecord(CommitId commit, params RecordedFile[] files) =>
        Records.Write(new(Repo, commit, files, null, RepoOrigin.Hfmc, DateTimeOffset.UnixEpoch));

    public async Task<RemovalOutcome> Remove(string? revision = null, string? file = null)
    {
        var removal = Removal;
        return await removal.ExecuteAsync(
            removal.Plan(Repo, revision is null ? null : Revision.Parse(revision), file is null ? null : At(file)), CancellationToken.None);
    }

    /// <summary>What Python's scan would call corrupted, and links that lost their blob; empty when all is well.</summary>
    public IReadOnlyList<string> Complaints()
    {
        var complaints = new List<string>();
        foreach (var repo in Cache.Repos())
        {
            if (!Directory.Exists(repo.SnapshotsFolder))
                complaints.Add($"{repo.Repo} has no snapshots folder");
            complaints.AddRange(repo.Refs().Where(known => known.Commit is not { } commit || !repo.HasSnapshot(commit)).Select(known => $"{known} dangles"));
            if (Directory.Exists(repo.SnapshotsFolder))
                complaints.AddRange(Directory.EnumerateFileSystemEntries(repo.SnapshotsFolder, "*", SearchOption.AllDirectories)
                    .Where(entry => !File.Exists(entry) && !Directory.Exists(entry) || (new FileInfo(entry).ResolveLinkTarget(true) is { Exists: false }))
                    .Select(entry => $"{entry} is broken"));
        }

        return complaints;
    }

    public void Dispose() => _folder.Dispose();
}

/// <summary>The system's time, shifted: files on disk have real times.</summary>
sealed class ShiftedTime(TimeSpan shift) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
}
