using System.Text.Json.Serialization;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;

namespace Hfmc.Output;

/// <summary>A repo in <c>model ls --json</c>. Bytes on disk, each blob once.</summary>
sealed record RepoJson(string Repo, string RepoType, IReadOnlyList<RevisionJson> Revisions, long Bytes, string Path)
{
    public static RepoJson Of(ListedRepo repo) => new(
        repo.Found.Repo.Id, repo.Found.Repo.Type.Singular(), [.. repo.Revisions.Select(RevisionJson.Of)], repo.Found.Bytes, repo.Found.Folder);
}

/// <summary>A revision; <c>Complete</c> is null when nothing tells which files it has, <c>Unfinished</c> is left out when nothing is.</summary>
sealed record RevisionJson(
    string Commit, IReadOnlyList<string> Refs, int Files, long Bytes, bool? Complete,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<UnfinishedJson>? Unfinished)
{
    public static RevisionJson Of(ListedRevision revision) => new(
        revision.Found.Commit.Text, [.. revision.Found.Refs.Select(name => name.Text)], revision.Found.Files.Count, revision.Found.Bytes, revision.Found.Complete,
        revision.Unfinished.Count is 0 ? null : [.. revision.Unfinished.Select(file => new UnfinishedJson(file.File.Path.Text, file.File.Size, file.Held))]);
}

/// <summary>A download that has begun: bytes in all, and those that are here.</summary>
sealed record UnfinishedJson(string File, long Bytes, long Held);

/// <summary>A file in <c>model ls -r REPO --json</c>; <c>Etag</c> is null for a file of which nothing tells the digest.</summary>
sealed record FileJson(string File, string Commit, IReadOnlyList<string> Refs, long Bytes, string? Etag, string Path)
{
    public static IEnumerable<FileJson> Of(ListedRevision revision) => revision.Found.Files.Select(file => new FileJson(
        file.Path.Text, revision.Found.Commit.Text, [.. revision.Found.Refs.Select(name => name.Text)], file.Size, revision.ETagOf(file)?.Text, file.Entry));
}
