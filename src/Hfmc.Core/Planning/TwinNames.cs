using System.Text;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;

namespace Hfmc.Core.Planning;

/// <summary>
/// Names of a repo that the file system of the cache takes for one: those that differ only in case, or in the Unicode form of a letter. The
/// first one is kept, the others are put aside as names that cannot be kept.
/// </summary>
static class TwinNames
{
    /// <param name="snapshot">As it was listed.</param>
    /// <param name="traits">Asked only where there are such names: finding out writes into the cache.</param>
    public static Snapshot PutAside(Snapshot snapshot, Func<FileSystemTraits> traits)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var twins = snapshot.Files.Where(file => !seen.Add(OneForm(file.Path.Text))).ToList();
        if (twins.Count is 0 || traits() is not ({ FoldsCase: true } or { FoldsForm: true }) || Folded(snapshot, traits()) is not { Count: > 0 } folded)
            return snapshot;
        return snapshot with
        {
            Files = [.. snapshot.Files.Where(file => !folded.Contains(file.Path))],
            Skipped = [.. snapshot.Skipped.Concat(folded.Select(path => path.Text)).Order(StringComparer.Ordinal)],
        };
    }

    static HashSet<FilePath> Folded(Snapshot snapshot, FileSystemTraits traits)
    {
        var seen = new HashSet<string>(traits.FoldsCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        return [.. snapshot.Files.Select(file => file.Path).Where(path => !seen.Add(traits.FoldsForm ? OneForm(path.Text) : path.Text))];
    }

    static string OneForm(string text) => Ascii.IsValid(text) ? text : text.Normalize(NormalizationForm.FormC);
}
