using Hfmc.Core.Hashing;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>Files and folders of a view as entries of a tree; their paths count from the root of the repo.</summary>
sealed class TreeEntries(XetOffers xet)
{
    /// <summary>Sorted by path; null when there is no such folder.</summary>
    public IEnumerable<TreeMessage>? Below(RepoView view, FilePath? folder, bool recursive, string? after)
    {
        var inside = view.Below(folder);
        if (folder is not null && inside.Count is 0)
            return null;
        var from = folder is { } named ? named.Text.Length + 1 : 0;
        var files = inside.Where(file => recursive || file.Path.Text.IndexOf('/', from) < 0).Select(file => (Path: file.Path.Text, File: (RepoFile?)file));
        var folders = view.Folders.Keys
            .Where(path => path.Length > from && (from is 0 || path.StartsWith($"{folder}/", StringComparison.Ordinal)) && (recursive || path.IndexOf('/', from) < 0))
            .Select(path => (Path: path, File: (RepoFile?)null));
        return files.Concat(folders)
            .Where(item => after is null || string.CompareOrdinal(item.Path, after) > 0)
            .OrderBy(item => item.Path, StringComparer.Ordinal)
            .Select(item => item.File is { } file ? Of(view, file) : OfFolder(view, item.Path));
    }

    /// <summary>A file or a folder of exactly that path; null when there is neither.</summary>
    public TreeMessage? At(RepoView view, string path) =>
        FilePath.TryParse(path, out var named) && view.Find(named) is { } file ? Of(view, file)
        : view.Folders.ContainsKey(path.TrimEnd('/')) ? OfFolder(view, path.TrimEnd('/'))
        : null;

    TreeMessage Of(RepoView view, RepoFile file) => file.ETag.Kind is DigestKind.GitSha1
        ? new("file", file.ETag.Text, file.Size, file.Path.Text, XetHash: xet.IdOf(view, file))
        : new("file", LfsPointer.Id(file.Blob).Text, file.Size, file.Path.Text, new(file.ETag.Text, file.Size, LfsPointer.Bytes(file.Blob).Length), xet.IdOf(view, file));

    static TreeMessage OfFolder(RepoView view, string path) => new("directory", view.Folders[path].Text, 0, path);
}
