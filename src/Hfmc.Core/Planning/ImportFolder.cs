using System.IO.Enumeration;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Planning;

/// <summary>A file to import: its name in the repo, where it is, and its size when the folder was read.</summary>
public sealed record ImportFile(FilePath Path, string Source, long Size);

/// <summary>
/// The files of a local folder that make a repo. Only regular files do: what a link leads to may be anything, also tomorrow, so a
/// link is refused rather than followed. Left out is what belongs to tools: git's folder, huggingface_hub's state, .DS_Store.
/// </summary>
public static class ImportFolder
{
    const int MostNamed = 5;

    static readonly EnumerationOptions s_everything = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false, RecurseSubdirectories = true };

    /// <summary>Sorted by path.</summary>
    /// <exception cref="NotFoundException">There is no such folder.</exception>
    /// <exception cref="InputException">It holds something that cannot be a file of a repo, or nothing at all.</exception>
    public static IReadOnlyList<ImportFile> Read(string folder)
    {
        var root = TrustedPath.RealPathOf(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (!Directory.Exists(root))
            throw new NotFoundException(File.Exists(root) ? $"{root} is a file: name the folder that it lies in" : $"there is no folder {root}");

        var found = DiskFailure.Guard($"read {root}", () => Entries(root).Order(StringComparer.Ordinal).ToList(), DiskPlace.ImportSource);
        Refuse(found.Where(IsLink), "links, and only regular files are imported: copy the folder with 'cp -rL' first");
        Refuse(found.Where(SpecialFile.Is), "neither files nor folders: move them away");
        Refuse(found.Where(entry => !FilePath.TryParse(NameIn(root, entry), out _)), "names that a repo cannot have (backslash, control character, a drive letter, too long): rename them");
        if (found.Count is 0)
            throw new InputException($"{root} holds no file to import");
        return [.. found.Select(entry => new ImportFile(FilePath.Parse(NameIn(root, entry)), entry, new FileInfo(entry).Length)).OrderBy(file => file.Path)];

        void Refuse(IEnumerable<string> entries, string why)
        {
            if (entries.ToList() is not { Count: > 0 } refused)
                return;
            var names = string.Join(", ", refused.Take(MostNamed).Select(entry => string.Concat(NameIn(root, entry).Select(c => char.IsControl(c) ? '?' : c))));
            throw new InputException($"{names}{(refused.Count > MostNamed ? $" and {refused.Count - MostNamed} more" : "")} in {root}: {why}");
        }
    }

    static FileSystemEnumerable<string> Entries(string root) => new(root, (ref entry) => entry.ToFullPath(), s_everything)
    {
        ShouldIncludePredicate = (ref entry) => (!entry.IsDirectory || IsLink(ref entry)) && !IsForeign(ref entry),
        ShouldRecursePredicate = (ref entry) => !IsLink(ref entry) && !IsForeign(ref entry),
    };

    static bool IsForeign(ref FileSystemEntry entry) =>
        entry.FileName is ".git" or ".DS_Store"
        || (entry.FileName is "huggingface" && Path.GetFileName(entry.Directory) is ".cache" && Path.GetDirectoryName(entry.Directory).SequenceEqual(entry.RootDirectory));

    static bool IsLink(ref FileSystemEntry entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint);

    static bool IsLink(string path) => File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint);

    static string NameIn(string root, string entry) => Path.GetRelativePath(root, entry).Replace(Path.DirectorySeparatorChar, '/');
}
