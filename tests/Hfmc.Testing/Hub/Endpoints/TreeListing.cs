using System.Text.Json.Nodes;

namespace Hfmc.Testing;

/// <summary>Files and folders of a commit below a folder; paths always count from the repo's root.</summary>
static class TreeListing
{
    /// <summary>A file, or a folder when <c>File</c> is null.</summary>
    public readonly record struct Item(string Path, FakeFile? File);

    /// <summary>Sorted by path; null when there is no such folder.</summary>
    public static List<Item>? Below(FakeCommit commit, string folder, bool recursive)
    {
        var prefix = folder is "" ? "" : folder.TrimEnd('/') + "/";
        var inside = commit.Files.Where(file => file.Name.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        if (inside.Count is 0 && prefix is not "")
            return null;
        var folders = inside.SelectMany(file => Folders(file.Name, prefix.Length)).Distinct(StringComparer.Ordinal).Select(path => new Item(path, null));
        var all = inside.Select(file => new Item(file.Name, file)).Concat(folders);
        return [.. all.Where(item => recursive || !item.Path[prefix.Length..].Contains('/')).OrderBy(item => item.Path, StringComparer.Ordinal)];
    }

    /// <summary>The file or folder of exactly that path.</summary>
    public static Item? Find(FakeCommit commit, string path) =>
        commit.Find(path) is { } file ? new Item(path, file)
        : commit.Files.Any(other => other.Name.StartsWith(path.TrimEnd('/') + "/", StringComparison.Ordinal)) ? new Item(path.TrimEnd('/'), null)
        : null;

    public static JsonNode Json(Item item, FakeCommit commit, bool expand, Func<FakeFile, string?> xetId) =>
        item.File is { } file ? RepoJson.Entry(file, commit, expand, xetId(file)) : RepoJson.Folder(item.Path, commit, expand);

    static IEnumerable<string> Folders(string path, int from)
    {
        for (var at = path.IndexOf('/', from); at > 0; at = path.IndexOf('/', at + 1))
            yield return path[..at];
    }
}
