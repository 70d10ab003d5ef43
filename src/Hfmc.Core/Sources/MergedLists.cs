using Hfmc.Core.Repos;

namespace Hfmc.Core.Sources;

/// <summary>Puts together what two peers say of a repo at a revision, when both can be right: whole lists are the same, and parts add up.</summary>
static class MergedLists
{
    /// <summary>Null when one contradicts the other: another commit, another blob for a file, or a file that a whole list does not have.</summary>
    public static Snapshot? Of(Snapshot one, Snapshot other)
    {
        if (one.Commit != other.Commit)
            return null;
        if (one.IsPartial && other.IsPartial)
            return Sum(one, other);
        var (whole, said) = one.IsPartial ? (other, one) : (one, other);
        return said.IsPartial ? Holds(whole, said) ? whole : null : Pairs(one).SequenceEqual(Pairs(other)) ? one : null;
    }

    static bool Holds(Snapshot whole, Snapshot part) => Pairs(whole).ToHashSet().IsSupersetOf(Pairs(part));

    static Snapshot? Sum(Snapshot one, Snapshot other)
    {
        var files = one.Files.ToDictionary(file => file.Path);
        foreach (var file in other.Files)
            if (!files.TryAdd(file.Path, file) && files[file.Path].Blob != file.Blob)
                return null;
        var sum = one with { Files = [.. files.Values.OrderBy(file => file.Path)] };
        return files.Count > Snapshot.MostFiles || HasFileAsFolder(sum.Files) ? null : sum;
    }

    // A name may stand between a file and what would be below it, so each is looked up.
    static bool HasFileAsFolder(IReadOnlyList<RepoFile> files)
    {
        var names = files.Select(file => file.Path.Text).ToHashSet(StringComparer.Ordinal);
        return names.Any(name =>
        {
            for (var slash = name.LastIndexOf('/'); slash > 0; slash = name.LastIndexOf('/', slash - 1))
                if (names.Contains(name[..slash]))
                    return true;
            return false;
        });
    }

    static IEnumerable<(FilePath, Blob)> Pairs(Snapshot snapshot) => snapshot.Files.Select(file => (file.Path, file.Blob));
}
