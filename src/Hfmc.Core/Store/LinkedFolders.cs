namespace Hfmc.Core.Store;

/// <summary>Folders of a repo that are links, as when somebody has moved them to another disk: nothing behind them is deleted.</summary>
static class LinkedFolders
{
    static readonly string[] Inside = ["blobs", "refs", "snapshots", "trees", ".no_exist"];

    /// <summary>The repo's folder or one of those that its layout has, when it is a link; else null.</summary>
    public static string? In(RepoFolder repo) =>
        Inside.Select(name => Path.Combine(repo.Root, name)).Prepend(repo.Root).FirstOrDefault(IsLink);

    /// <summary>The first folder above <paramref name="entry"/>, up to the repo's, that is a link; else null.</summary>
    public static string? Above(RepoFolder repo, string entry)
    {
        for (var at = Path.GetDirectoryName(entry); at is not null && at.Length >= repo.Root.Length; at = Path.GetDirectoryName(at))
            if (IsLink(at))
                return at;
        return null;
    }

    public static DiskException Refusal(string folder) =>
        new($"{folder} is a link to {new DirectoryInfo(folder).LinkTarget}, "
            + "and nothing behind it is deleted: remove the link or what it leads to by hand");

    static bool IsLink(string folder) => new DirectoryInfo(folder).LinkTarget is not null;
}
