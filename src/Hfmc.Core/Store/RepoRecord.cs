using System.Text.Json;
using System.Text.Json.Serialization;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>Who brought a repo into the cache.</summary>
public enum RepoOrigin
{
    /// <summary>Something else that writes huggingface_hub's layout.</summary>
    Python,

    /// <summary>Downloaded by this program.</summary>
    Hfmc,

    /// <summary>Copied from a local folder by <c>model import</c>.</summary>
    Imported,
}

/// <summary>What this node knows of a repo at a commit, beyond what the hub folder tells.</summary>
/// <param name="Files">All files of the commit, whether they are here or not; some of them when <c>IsPartial</c>.</param>
/// <param name="Public">When an upstream last showed it to an anonymous caller; null means restricted, or not known.</param>
public sealed record RepoRecord(
    RepoId Repo, CommitId Commit, IReadOnlyList<RecordedFile> Files, DateTimeOffset? Public, RepoOrigin Origin, DateTimeOffset LastUse)
{
    /// <summary>The upstream's own JSON of the repo, without the list of files, for clients that ask while no upstream answers; null when it is not known.</summary>
    public string? Info { get; init; }

    /// <summary>Only these files were asked for: the commit may have more. Never taken for the list of its files.</summary>
    public bool IsPartial { get; init; }

    /// <summary>Names of further files of the commit that cannot be kept on this system.</summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];

    /// <summary>The files as they were listed.</summary>
    public Snapshot ToSnapshot() => new(Repo, Commit, [.. Files.Select(file => file.File)]) { IsPartial = IsPartial, Skipped = Skipped };
}

/// <summary>A file of a recorded commit.</summary>
/// <param name="Ours">This program put its snapshot entry there, so an uninstall may take it away.</param>
public sealed record RecordedFile(RepoFile File, bool Ours);

sealed class RepoRecordJson
{
    [JsonPropertyName("version")]
    public required int Version { get; init; }

    [JsonPropertyName("repo")]
    public required string Repo { get; init; }

    [JsonPropertyName("commit")]
    public required string Commit { get; init; }

    [JsonPropertyName("public")]
    public DateTimeOffset? Public { get; init; }

    [JsonPropertyName("origin")]
    public required string Origin { get; init; }

    [JsonPropertyName("last_use")]
    public required DateTimeOffset LastUse { get; init; }

    [JsonPropertyName("info"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Info { get; init; }

    [JsonPropertyName("partial"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Partial { get; init; }

    [JsonPropertyName("skipped"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string?>? Skipped { get; init; }

    [JsonPropertyName("files")]
    public required IReadOnlyList<RecordedFileJson?> Files { get; init; }
}

sealed class RecordedFileJson
{
    [JsonPropertyName("path")]
    public required string Path { get; init; }

    [JsonPropertyName("etag")]
    public required string ETag { get; init; }

    [JsonPropertyName("size")]
    public required long Size { get; init; }

    [JsonPropertyName("xetId"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? XetId { get; init; }

    [JsonPropertyName("ours")]
    public bool Ours { get; init; }
}
