using System.Globalization;
using System.Text;
using Hfmc.Core.Hashing;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;

namespace Hfmc.Core.Planning;

/// <summary>
/// <c>--local-dir</c>: the wanted files as real files in a folder of the user's, with huggingface_hub's metadata beside them
/// (<c>.cache/huggingface/download/</c>), so that both tools know what is there already.
/// </summary>
public static class LocalFolder
{
    /// <summary>Puts the files there; returns the folder, or the file when exactly one was named.</summary>
    /// <exception cref="DiskException">The folder cannot be written.</exception>
    public static string Place(CacheFolder cache, string folder, AddRequest request, CommitId commit, TimeProvider time, CancellationToken cancellationToken)
    {
        var root = Path.GetFullPath(folder);
        var repo = cache.Repo(request.Repo);
        // What was added from a cache that takes no record is known by its folder.
        var files = new RepoRecords(cache).Read(request.Repo, commit)?.Files.Select(file => file.File).ToList() ?? FoundSnapshot.Of(repo, commit)?.Files ?? [];
        var snapshot = new Snapshot(request.Repo, commit, files);
        return DiskFailure.Guard($"write below {root}", () =>
        {
            var state = Path.Combine(root, ".cache", "huggingface");
            Directory.CreateDirectory(state);
            WriteMissing(Path.Combine(state, ".gitignore"), "*");
            WriteMissing(Path.Combine(state, "CACHEDIR.TAG"), CacheFolder.Tag);
            foreach (var file in Planner.Plan(snapshot, request, _ => true).Wanted)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var bytes = repo.FindFile(commit, file.Path) ?? throw new DiskException($"{file.Path} of {request.Repo} is gone from the cache: run the command again");
                PlaceFile(bytes.RealPath, file, root);
                WriteMetadata(state, file, commit, time);
            }
            return request.Files.Count is 1 ? request.Files[0].Below(root) : root;
        }, DiskPlace.LocalFolder);
    }

    static void PlaceFile(string bytes, RepoFile file, string root)
    {
        var target = file.Path.Below(root);
        if (new FileInfo(target) is { Exists: true, LinkTarget: null } there && there.Length == file.Size
            && FileDigest.Compute(target, file.ETag.Kind, file.Size, null, CancellationToken.None) == file.ETag)
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(target) ?? root);
        // A file of its own, never a second name of the blob: the user may edit it in place.
        var temporary = $"{target}.{Guid.NewGuid().ToString("N")[..8]}.incomplete";
        try
        {
            FileCopy.CloneOrCopy(bytes, temporary);
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    // Three lines: commit, etag, time of the last check; it counts only while the file is not newer.
    static void WriteMetadata(string state, RepoFile file, CommitId commit, TimeProvider time)
    {
        var path = file.Path.Below(Path.Combine(state, "download")) + ".metadata";
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? state);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        File.WriteAllText(path, string.Create(CultureInfo.InvariantCulture, $"{commit}\n{file.ETag}\n{now}\n"), new UTF8Encoding(false));
    }

    static void WriteMissing(string path, string text)
    {
        if (!File.Exists(path))
            File.WriteAllText(path, text);
    }
}
