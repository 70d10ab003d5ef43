using Hfmc.Core.Repos;

namespace Hfmc.Core.Planning;

/// <summary>A listing and what is held in, a plan out. No input or output.</summary>
public static class Planner
{
    const int MostSuggestions = 3;

    /// <exception cref="NotFoundException">A file was named that the repo does not have, or no file fits the patterns.</exception>
    public static AddPlan Plan(Snapshot snapshot, AddRequest request, Func<RepoFile, bool> isHeld)
    {
        var wanted = Choose(snapshot, request);
        // Each file is asked about: without links a blob can be here as one of its files and not as the other.
        return new(wanted, [.. wanted.Where(file => request.Force || !isHeld(file)).DistinctBy(file => file.ETag).OrderBy(file => file.Size)])
        {
            Skipped = request.Files.Count > 0 ? [] : [.. snapshot.Skipped.Where(Fits(request))],
        };
    }

    static Func<string, bool> Fits(AddRequest request)
    {
        var (include, exclude) = (Patterns(request.Include), Patterns(request.Exclude));
        return name => (include.Count is 0 || include.Exists(pattern => pattern.Matches(name))) && !exclude.Exists(pattern => pattern.Matches(name));
    }

    /// <summary>The files of a part of a list that are asked for.</summary>
    internal static IEnumerable<RepoFile> ChooseSome(IReadOnlyList<RepoFile> files, AddRequest request)
    {
        var fits = Fits(request);
        return request.Files.Count > 0 ? files.Where(file => request.Files.Contains(file.Path)) : files.Where(file => fits(file.Path.Text));
    }

    static IReadOnlyList<RepoFile> Choose(Snapshot snapshot, AddRequest request)
    {
        if (request.Files.Count > 0)
        {
            var known = snapshot.Files.ToDictionary(file => file.Path);
            return [.. request.Files.Distinct().Order().Select(path => known.GetValueOrDefault(path) ?? throw NoSuchFile(snapshot, path))];
        }

        var fits = Fits(request);
        var chosen = snapshot.Files.Where(file => fits(file.Path.Text)).ToList();
        return chosen.Count > 0 || snapshot.Files.Count is 0 || snapshot.Skipped.Any(fits)
            ? chosen
            : throw new NotFoundException($"{snapshot.Repo} at {snapshot.Commit.Short}: none of its {snapshot.Files.Count} files fits --include and --exclude; see them with --dry-run");
    }

    static List<GlobPattern> Patterns(IReadOnlyList<string> texts) => [.. texts.Select(text => new GlobPattern(text))];

    static NotFoundException NoSuchFile(Snapshot snapshot, FilePath path)
    {
        var name = path.Text[(path.Text.LastIndexOf('/') + 1)..];
        var similar = snapshot.Files.Select(file => file.Path.Text)
            .Where(text => text.EndsWith(name, StringComparison.OrdinalIgnoreCase) || Path.GetExtension(text) == Path.GetExtension(name) && name.Contains('.'))
            .Take(MostSuggestions).ToList();
        var hint = similar.Count > 0 ? $"it has {string.Join(", ", similar)}" : "see its files with 'hfmc model add --dry-run'";
        return new($"{snapshot.Repo} at {snapshot.Commit.Short} has no file {path}; {hint}");
    }
}
