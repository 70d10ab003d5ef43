using System.Text.Json;
using System.Text.Json.Serialization;
using Hfmc.Core.Hashing;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>
/// <c>trees/commit.json</c>, huggingface_hub's list of the files of a commit (its <c>_tree_cache.py</c>, since 1.22). With it Python
/// knows offline whether a snapshot is complete.
/// </summary>
public static class TreeListing
{
    const int Version = 1;

    /// <summary>The files, sorted by path; null when there is no list, or one that Python would ignore too.</summary>
    public static IReadOnlyList<RepoFile>? Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var tree = JsonSerializer.Deserialize(stream, StoreJson.Readable.TreeJson);
            return tree is { FormatVersion: Version, Files.Count: <= Snapshot.MostFiles } ? Files(tree) : null;
        }
        catch (Exception error) when (error is JsonException || DiskFailure.Is(error))
        {
            return null;
        }
    }

    internal static byte[] Write(Snapshot snapshot)
    {
        var files = new SortedDictionary<string, TreeEntryJson?>(StringComparer.Ordinal);
        foreach (var file in snapshot.Files)
            files[file.Path.Text] = Entry(file);
        return JsonSerializer.SerializeToUtf8Bytes(new TreeJson { Files = files, FormatVersion = Version }, StoreJson.Readable.TreeJson);
    }

    // No Xet hash: with one, Python would fetch from the Xet servers and pass over a daemon that speaks plain HTTP.
    static TreeEntryJson Entry(RepoFile file) => file.ETag.Kind is DigestKind.GitSha1
        ? new() { BlobId = file.ETag.Text, Size = file.Size }
        : new() { BlobId = LfsPointer.Id(file.Blob).Text, LfsSha256 = file.ETag.Text, LfsSize = file.Size, Size = file.Size };

    static List<RepoFile>? Files(TreeJson tree)
    {
        var files = new List<RepoFile>(tree.Files.Count);
        foreach (var (name, entry) in tree.Files)
        {
            if (entry is null || !ETag.TryParse(entry.LfsSha256 ?? entry.BlobId, out var etag) || (entry.LfsSize ?? entry.Size) is var size && size < 0)
                return null;
            // One whose name cannot be kept here is not wanted here.
            if (FilePath.TryParse(name, out var path))
                files.Add(new(path, new(etag, size), entry.XetHash));
        }

        files.Sort((left, right) => left.Path.CompareTo(right.Path));
        return files;
    }
}

/// <summary>The members in the order of their names, as Python sorts them.</summary>
sealed class TreeJson
{
    [JsonPropertyName("files")]
    public required IDictionary<string, TreeEntryJson?> Files { get; init; }

    [JsonPropertyName("format_version")]
    public required int FormatVersion { get; init; }
}

sealed class TreeEntryJson
{
    [JsonPropertyName("blob_id")]
    public string? BlobId { get; init; }

    [JsonPropertyName("lfs_sha256")]
    public string? LfsSha256 { get; init; }

    [JsonPropertyName("lfs_size")]
    public long? LfsSize { get; init; }

    [JsonPropertyName("size")]
    public required long Size { get; init; }

    [JsonPropertyName("xet_hash")]
    public string? XetHash { get; init; }
}
