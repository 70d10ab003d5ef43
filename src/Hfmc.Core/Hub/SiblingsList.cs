using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Hub;

/// <summary>
/// The files of a commit as the answer about the repo names them (<c>siblings</c>), for upstreams without a tree. What they do not say of
/// a file, its own headers may: of a few files they are asked.
/// </summary>
static class SiblingsList
{
    const int MostAsked = 64, AskedAtOnce = 8;

    /// <exception cref="SourceException">It does not say enough.</exception>
    public static async Task<Snapshot> ReadAsync(
        SiblingsJson info, Upstream upstream, RepoId repo, CommitId commit, Func<string, CancellationToken, Task<Blob?>> facts, CancellationToken cancellationToken)
    {
        if (info.Sha is { } sha && sha != commit.Text)
            throw new SourceException(SourceFault.Lied, $"{upstream.Name} names another commit for {repo}@{commit.Short}");
        if (info.Siblings is not { } siblings)
            throw NotListed(upstream, repo, "no list of files");
        var silent = siblings.Where(file => file is not null && BlobOf(file) is null).Select(file => file.Name ?? "").Where(name => FilePath.TryParse(name, out _)).ToList();
        if (silent.Count > MostAsked)
            throw NotListed(upstream, repo, $"a list without the sizes and ids of {silent.Count} files");
        var asked = new System.Collections.Concurrent.ConcurrentDictionary<string, Blob?>();
        await Parallel.ForEachAsync(silent, new ParallelOptions { MaxDegreeOfParallelism = AskedAtOnce, CancellationToken = cancellationToken }, async (name, token) => asked[name] = await facts(name, token));

        var listing = new SnapshotBuilder(upstream.Name, repo);
        foreach (var file in siblings)
            if ((file is null ? null : BlobOf(file) ?? asked.GetValueOrDefault(file.Name ?? "")) is { } blob)
                listing.Add(file!.Name, blob.ETag.Text, blob.Size, null);
            else if (!listing.AddOdd(file?.Name))
                throw NotListed(upstream, repo, $"'{PrintedName.Of(file?.Name ?? "")}' in its list of files and not at its place");
        return listing.ToSnapshot(commit);
    }

    static Blob? BlobOf(SiblingJson file) =>
        ETag.TryParse(file.Lfs?.Sha256 ?? file.BlobId, out var etag) && (file.Lfs?.Size ?? file.Size) is { } size and >= 0 ? new(etag, size) : null;

    static SourceException NotListed(Upstream upstream, RepoId repo, string has) =>
        new(SourceFault.Missing, $"{upstream.Name} cannot name the files of {repo}: it has no tree API, and {has}");
}
