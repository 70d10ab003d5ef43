using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Output;

namespace Hfmc.Commands;

/// <summary>Checks the cache and says every few seconds how far it is.</summary>
sealed class Verifying(Session session) : IProgress<long>
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    readonly long _begun = session.Time.GetTimestamp();
    TimeSpan _next = Pause;
    long _bytes;

    public async Task<IReadOnlyList<VerifiedFile>> RunAsync(RepoId? repo, Revision? revision, CancellationToken cancellationToken)
    {
        var cache = session.Cache();
        var files = new List<VerifiedFile>();
        using var notes = new BlobNotes(cache, session.Time);
        await foreach (var file in new CacheVerify(cache, new RepoRecords(cache), notes).RunAsync(repo, revision, this, cancellationToken))
            files.Add(file);
        return files;
    }

    public void Report(long value)
    {
        _bytes += value;
        if (session.Time.GetElapsedTime(_begun) is var elapsed && elapsed < _next)
            return;
        _next = elapsed + Pause;
        session.Terminal.Say($"checked {Size.Text(_bytes)} ({Size.Speed(_bytes / elapsed.TotalSeconds)})");
    }
}
