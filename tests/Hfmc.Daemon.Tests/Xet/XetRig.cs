using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Xet;
using Hfmc.Testing;

namespace Hfmc.Daemon.Tests.Xet;

/// <summary>Repos whose files have Xet ids, in the cache of a daemon.</summary>
static class XetRig
{
    /// <summary>Puts a repo there as <see cref="DaemonRig.Put"/> does, with the ids that the Hub has published.</summary>
    public static CommitId PutXet(this DaemonRig daemon, string repo, bool isPublic, params (string Path, FileContent Content)[] files)
    {
        var commit = daemon.Put(repo, isPublic, files);
        daemon.RecordXet(repo, commit, isPublic, files);
        return commit;
    }

    public static void RecordXet(this DaemonRig daemon, string repo, CommitId commit, bool isPublic, params (string Path, FileContent Content)[] files) => daemon.Records.Write(new(
        RepoId.Parse(repo), commit,
        [.. files.Select(file => new RecordedFile(new(FilePath.Parse(file.Path), new(file.Content.Sha256, file.Content.Size), file.Content.XetId), Ours: true))],
        isPublic ? DateTimeOffset.UnixEpoch : null, RepoOrigin.Hfmc, DateTimeOffset.UnixEpoch));

    /// <summary>Keeps the chunk lists of these files, as the daemon would do in a quiet hour.</summary>
    public static void KeepLists(this DaemonRig daemon, params FileContent[] files)
    {
        foreach (var file in files)
            new ChunkLists(daemon.Cache).Write(file.Sha256, ChunkListBuilder.Of(file.ToArray(), ChunkRule.Current));
    }
}
