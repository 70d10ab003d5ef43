using System.Security.Cryptography;
using System.Text;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Hashing;

/// <summary>
/// The folders of a snapshot and git's ids of them, which follow from the ids of what is in them. Of the modes that git knows only the
/// usual one counts here: a repo with an executable file has other ids upstream.
/// </summary>
public static class GitFolders
{
    /// <summary>By path, without the root.</summary>
    public static IReadOnlyDictionary<string, ETag> Of(IEnumerable<RepoFile> files)
    {
        var folders = new Dictionary<string, List<Entry>>(StringComparer.Ordinal) { [""] = [] };
        foreach (var file in files)
            Open(folders, ParentOf(file.Path.Text)).Add(new(NameOf(file.Path.Text), IsFolder: false, IdOf(file)));

        var ids = new Dictionary<string, ETag>(StringComparer.Ordinal);
        // The deepest first: a folder's id is part of its parent.
        foreach (var path in folders.Keys.Where(path => path.Length > 0).OrderByDescending(path => path.Count(c => c is '/')).ToList())
        {
            ids[path] = IdOf(folders[path]);
            folders[ParentOf(path)].Add(new(NameOf(path), IsFolder: true, ids[path]));
        }
        return ids;
    }

    static List<Entry> Open(Dictionary<string, List<Entry>> folders, string path)
    {
        if (folders.TryGetValue(path, out var entries))
            return entries;
        Open(folders, ParentOf(path));
        return folders[path] = [];
    }

    static ETag IdOf(RepoFile file) => file.ETag.Kind is DigestKind.GitSha1 ? file.ETag : LfsPointer.Id(file.Blob);

    // https://git-scm.com/book/en/v2/Git-Internals-Git-Objects: mode, name, zero, the 20 bytes of the id; sorted as if folders ended in '/'.
    static ETag IdOf(List<Entry> entries)
    {
        entries.Sort((one, other) => one.Order.AsSpan().SequenceCompareTo(other.Order));
        using var content = new MemoryStream();
        foreach (var entry in entries)
        {
            content.Write(Encoding.UTF8.GetBytes($"{(entry.IsFolder ? "40000" : "100644")} {entry.Name}\0"));
            content.Write(Convert.FromHexString(entry.Id.Text));
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes($"tree {content.Length}\0"));
        hash.AppendData(content.GetBuffer().AsSpan(0, (int)content.Length));
        return ETag.FromDigest(hash.GetHashAndReset());
    }

    static string ParentOf(string path) => path.LastIndexOf('/') is var at and > 0 ? path[..at] : "";

    static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    sealed record Entry(string Name, bool IsFolder, ETag Id)
    {
        public byte[] Order { get; } = Encoding.UTF8.GetBytes(IsFolder ? $"{Name}/" : Name);
    }
}
