using System.IO.Enumeration;
using Hfmc.Core.Platform;

namespace Hfmc.Core.Store;

/// <summary>What lies below a folder, as it lies there: links are neither followed nor entered, hidden files count.</summary>
static class SnapshotEntries
{
    const int MostHops = 40;

    /// <summary>Everything, and an error rather than silence for what cannot be read: a file overlooked here could lose its blob.</summary>
    public static EnumerationOptions All { get; } = new()
    {
        AttributesToSkip = FileAttributes.None,
        IgnoreInaccessible = false,
        RecurseSubdirectories = true,
    };

    /// <summary>The full paths of all files and links below a folder, in no order; empty when it is not there.</summary>
    public static IReadOnlyList<string> Below(string folder) =>
        DiskFailure.Guard($"read {folder}", () =>
            Directory.Exists(folder)
                ? new FileSystemEnumerable<string>(folder, (ref entry) => entry.ToFullPath(), All)
                {
                    ShouldIncludePredicate = (ref entry) => !entry.IsDirectory || IsLink(ref entry),
                    ShouldRecursePredicate = (ref entry) => !IsLink(ref entry),
                }.ToArray()
                : []);

    /// <summary>The full paths that a link leads through, the nearest first; empty for a regular file.</summary>
    public static IEnumerable<string> Hops(string entry)
    {
        for (var hop = 0; hop < MostHops && new FileInfo(entry).LinkTarget is { } target; hop++)
            yield return entry = Path.GetFullPath(target, Path.GetDirectoryName(entry) ?? "/");
    }

    static bool IsLink(ref FileSystemEntry entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
}
