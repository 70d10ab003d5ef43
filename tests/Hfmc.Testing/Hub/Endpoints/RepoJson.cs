using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Hfmc.Core.Repos;

namespace Hfmc.Testing;

/// <summary>Repos, files and refs as the hub's API spells them.</summary>
static class RepoJson
{
    public static JsonObject Info(FakeRepo repo, FakeCommit? commit, bool withBlobs, bool withXet) => new()
    {
        ["_id"] = Sha1(repo.Id.ToString())[..24],
        ["id"] = repo.Id.Id,
        ["modelId"] = repo.Id.Type is RepoType.Model ? repo.Id.Id : null,
        ["author"] = repo.Id.Owner,
        ["sha"] = commit?.Id.Text,
        ["lastModified"] = Time(commit?.Date ?? default),
        ["createdAt"] = Time(commit?.Date ?? default),
        ["private"] = repo.Private,
        ["gated"] = repo.Gated ? "auto" : false,
        ["disabled"] = false,
        ["downloads"] = 0,
        ["likes"] = 0,
        ["tags"] = new JsonArray(),
        ["xetEnabled"] = withXet,
        ["siblings"] = new JsonArray([.. (commit?.Files ?? []).Select(file => Sibling(file, withBlobs))]),
    };

    public static JsonObject Entry(FakeFile file, FakeCommit commit, bool expand, string? xetId)
    {
        var entry = new JsonObject { ["type"] = "file", ["oid"] = file.Oid, ["size"] = file.Size, ["path"] = file.Name };
        if (file.IsLfs)
            entry["lfs"] = new JsonObject { ["oid"] = file.ETag.Text, ["size"] = file.Size, ["pointerSize"] = file.PointerSize };
        if (xetId is not null)
            entry["xetHash"] = xetId;
        return expand ? Expanded(entry, commit) : entry;
    }

    public static JsonObject Folder(string path, FakeCommit commit, bool expand)
    {
        var entry = new JsonObject { ["type"] = "directory", ["oid"] = GitTrees.IdOf(commit, path), ["size"] = 0, ["path"] = path };
        return expand ? Expanded(entry, commit) : entry;
    }

    public static JsonObject Refs(FakeRepo repo, bool withPullRequests)
    {
        var refs = new JsonObject
        {
            ["branches"] = RefsBelow(repo, "refs/heads/"),
            ["converts"] = RefsBelow(repo, "refs/convert/"),
            ["tags"] = RefsBelow(repo, "refs/tags/"),
        };
        if (withPullRequests)
            refs["pullRequests"] = RefsBelow(repo, "refs/pr/");
        return refs;
    }

    public static JsonObject Commit(FakeCommit commit) => new()
    {
        ["id"] = commit.Id.Text,
        ["title"] = $"Commit {commit.Id.Short}",
        ["message"] = "",
        ["authors"] = new JsonArray(new JsonObject { ["user"] = "someone" }),
        ["date"] = Time(commit.Date),
    };

    static JsonObject Sibling(FakeFile file, bool withBlobs)
    {
        var sibling = new JsonObject { ["rfilename"] = file.Name };
        if (!withBlobs)
            return sibling;
        sibling["size"] = file.Size;
        sibling["blobId"] = file.Oid;
        if (file.IsLfs)
            sibling["lfs"] = new JsonObject { ["sha256"] = file.ETag.Text, ["size"] = file.Size, ["pointerSize"] = file.PointerSize };
        return sibling;
    }

    static JsonObject Expanded(JsonObject entry, FakeCommit commit)
    {
        entry["lastCommit"] = new JsonObject { ["id"] = commit.Id.Text, ["title"] = $"Commit {commit.Id.Short}", ["date"] = Time(commit.Date) };
        return entry;
    }

    static JsonArray RefsBelow(FakeRepo repo, string prefix) => new(
        [.. repo.Refs.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => new JsonObject { ["name"] = pair.Key[prefix.Length..], ["ref"] = pair.Key, ["targetCommit"] = pair.Value.Text })]);

    static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");

    static string Sha1(string text) => Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
}
