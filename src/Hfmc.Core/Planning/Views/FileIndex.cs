using System.Runtime.CompilerServices;
using Hfmc.Core.Hashing;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Planning;

/// <summary>The files of a snapshot, which are sorted by path: each found in logarithmic time.</summary>
sealed class FileIndex(IReadOnlyList<RepoFile> files)
{
    static readonly ConditionalWeakTable<Snapshot, FileIndex> s_known = [];

    readonly RepoFile[] _files = Sorted(files);
    readonly Lazy<IReadOnlyDictionary<string, ETag>> _folders = new(() => GitFolders.Of(files));

    /// <summary>All folders and git's ids of them.</summary>
    public IReadOnlyDictionary<string, ETag> Folders => _folders.Value;

    /// <summary>One for each snapshot, for as long as it lives: many views are of the same.</summary>
    public static FileIndex Of(Snapshot snapshot) => s_known.GetValue(snapshot, known => new(known.Files));

    public RepoFile? Find(FilePath path)
    {
        var at = FirstFrom(path.Text);
        return at < _files.Length && _files[at].Path == path ? _files[at] : null;
    }

    public ArraySegment<RepoFile> Below(FilePath? folder)
    {
        if (folder is not { } named)
            return _files;
        // The character after '/' ends the names that begin with the folder's.
        var (start, end) = (FirstFrom($"{named}/"), FirstFrom($"{named}0"));
        return new(_files, start, end - start);
    }

    int FirstFrom(string text)
    {
        var (low, high) = (0, _files.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (string.CompareOrdinal(_files[middle].Path.Text, text) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    // A record or a peer may have them in another order.
    static RepoFile[] Sorted(IReadOnlyList<RepoFile> files)
    {
        RepoFile[] sorted = [.. files];
        Array.Sort(sorted, (one, other) => one.Path.CompareTo(other.Path));
        return sorted;
    }
}
