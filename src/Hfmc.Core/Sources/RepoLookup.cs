using Hfmc.Core.Hub;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Sources;

/// <summary>
/// Finds out which commit a revision is and which files it has: from the first upstream that says yes; from peers when no
/// upstream answers, or when none knows the repo. A mirror's no is not final while the token's home has not spoken.
/// </summary>
public sealed class RepoLookup(IReadOnlyList<HubClient> hubs, Neighbours? neighbours, TimeProvider time, Action<string> warn, Neighbours? members = null)
{
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30), FirstWait = TimeSpan.FromSeconds(1), LongestWait = TimeSpan.FromSeconds(8);

    readonly Dictionary<HubClient, SourceException> _errors = [];
    readonly Dictionary<HubClient, TimeSpan> _restsUntil = [];
    long _lastPage;

    /// <summary>The files that are asked for by name: in a big repo only these are looked up. Empty for the whole list.</summary>
    public IReadOnlyCollection<FilePath> Files { get; init; } = [];

    /// <summary>Gets the files of each page of a list that goes on after it, as a listing of these files alone; null where nobody can use them.</summary>
    public Action<RepoListing>? Came { get; init; }

    /// <exception cref="NotFoundException">Nobody knows the repo or the revision.</exception>
    /// <exception cref="DeniedException">It is there, but not for this caller.</exception>
    /// <exception cref="OfflineException">Nobody answers.</exception>
    public async Task<RepoListing> FindAsync(RepoId repo, Revision revision, CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        for (var wait = FirstWait; ; wait = Min(2 * wait, LongestWait))
        {
            foreach (var hub in Open().Where(hub => RestOf(hub) == TimeSpan.Zero))
                if (await TryAskAsync(hub, repo, revision, wait, cancellationToken) is { } listing)
                    return listing;
            if (await AskPeersAsync(repo, revision, cancellationToken) is { } known)
                return known;

            var pause = Open().Select(RestOf).DefaultIfEmpty(Deadline).Min();
            if (Open().Count is 0 || HomeRefused() || time.GetElapsedTime(Math.Max(begun, Volatile.Read(ref _lastPage))) + pause > Deadline)
                throw Failure(repo, revision);
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    // Then mirrors that are silent need not be waited for: they only have what it has.
    bool HomeRefused() => _errors.Any(error => error is { Key.Upstream.Kind: SourceKind.Hub, Value: HubRefusal { IsFinal: true, Reason: not HubReason.Trouble } });

    // Those that have not given a final answer yet; who misbehaved lately comes last, and only where the others do not know.
    List<HubClient> Open() => [.. hubs.Where(hub => !_errors.TryGetValue(hub, out var error) || !error.IsFinal)
        .OrderBy(hub => hub.Conduct?.RestOf(hub.Upstream.Name) is null ? 0 : 1)];

    // In whole milliseconds: timers cut off the rest, and a wait that ends too early would ask the peers for nothing.
    TimeSpan RestOf(HubClient hub) =>
        _restsUntil.TryGetValue(hub, out var end) ? (end - time.Steady()).ForTimer() : TimeSpan.Zero;

    async Task<RepoListing?> TryAskAsync(HubClient hub, RepoId repo, Revision revision, TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            var (info, isAnonymous) = await GetRepoAsync(hub, repo, revision, cancellationToken);
            var snapshot = await GetSnapshotAsync(hub, repo, info, isAnonymous, cancellationToken);
            _errors.Remove(hub);
            return new(snapshot, isAnonymous && info.IsOpen is true, ListingOrigin.Upstream, Open()) { Info = info.Text };
        }
        catch (SourceException error)
        {
            hub.Conduct?.Note(hub.Upstream.Name, error);
            if (error.Fault is SourceFault.Itself)
                warn($"{hub.Upstream.Name} is this very daemon and is passed over; see 'hfmc conf sources get' and HF_ENDPOINT");
            (_errors[hub], _restsUntil[hub]) = (error, time.Steady() + Max(error.RetryAfter ?? default, Jitter(wait)));
            return null;
        }
    }

    // First without the token, even at its home: only a stranger's yes makes a repo public.
    static async Task<(RepoInfo Info, bool IsAnonymous)> GetRepoAsync(HubClient hub, RepoId repo, Revision revision, CancellationToken cancellationToken)
    {
        try
        {
            return (await GetRepoAsync(hub, repo, revision, anonymous: true, cancellationToken), true);
        }
        catch (HubRefusal refusal) when (hub.Upstream.Token is not null && refusal.IsFinal && refusal.Reason is not HubReason.RevisionNotFound)
        {
            return (await GetRepoAsync(hub, repo, revision, anonymous: false, cancellationToken), false);
        }
    }

    // The Hub's API wants whole commits; a short one is looked for in the history.
    static async Task<RepoInfo> GetRepoAsync(HubClient hub, RepoId repo, Revision revision, bool anonymous, CancellationToken cancellationToken)
    {
        try
        {
            return await hub.GetRepoAsync(repo, revision, anonymous, cancellationToken);
        }
        catch (HubRefusal refusal) when (refusal.Reason is HubReason.RevisionNotFound && revision.MayBeShortCommit)
        {
            if (await hub.FindCommitAsync(repo, revision, anonymous, cancellationToken) is not { } commit)
                throw;
            return await hub.GetRepoAsync(repo, Revision.Parse(commit.Text), anonymous, cancellationToken);
        }
    }

    // A token that is no good must not stand in the way of what needs none.
    async Task<Snapshot> GetSnapshotAsync(HubClient hub, RepoId repo, RepoInfo info, bool isAnonymous, CancellationToken cancellationToken)
    {
        // A list of one page costs no more than a question for some names, and tells peers and later commands all.
        var isWhole = Files.Count is 0 || info.Files is <= HubClient.FilesOfPage;
        Task<Snapshot> Ask(bool anonymous) => isWhole
            ? hub.GetSnapshotAsync(repo, info.Commit, anonymous, Take, cancellationToken)
            : hub.GetFilesAsync(repo, info.Commit, Files, anonymous, cancellationToken);
        // A list of many pages may take long; it goes on as long as they come.
        void Take(ListedPage page)
        {
            Volatile.Write(ref _lastPage, time.GetTimestamp());
            if (page.GoesOn)
                Came?.Invoke(new(new(repo, info.Commit, page.Files) { IsPartial = true }, isAnonymous && info.IsOpen is true, ListingOrigin.Upstream, [hub]) { Info = info.Text });
        }
        try
        {
            return await Ask(anonymous: false);
        }
        catch (SourceException error) when (isWhole && Files.Count > 0 && error is { Fault: SourceFault.Missing } and not HubRefusal)
        {
            // It lists too little, but may say enough of these files.
            return await hub.GetFilesAsync(repo, info.Commit, Files, anonymous: false, cancellationToken);
        }
        catch (HubRefusal refusal) when (isAnonymous && refusal.Reason is HubReason.BadToken)
        {
            warn($"{refusal.Message}; going on without it");
            hub.ForgoToken();
            return await Ask(anonymous: true);
        }
    }

    async Task<RepoListing?> AskPeersAsync(RepoId repo, Revision revision, CancellationToken cancellationToken)
    {
        var revisionIsUnknown = _errors.Values.Any(error => error is HubRefusal { Reason: HubReason.RevisionNotFound });
        if (revisionIsUnknown && !revision.MayBeShortCommit)
            return null;
        // Members first: they know more, and nobody else need hear what is looked for.
        if (members is not null && await members.FindAsync(repo, revision, cancellationToken) is { } shared)
            return new(shared, IsPublic: false, ListingOrigin.Peers, Open()) { IsFromMembers = true };
        return neighbours is not null && await neighbours.FindAsync(repo, revision, cancellationToken) is { } snapshot
            ? new(snapshot, IsPublic: false, ListingOrigin.Peers, Open())
            : null;
    }

    HfmcException Failure(RepoId repo, Revision revision)
    {
        var said = string.Join("; ", _errors.Values.Concat(neighbours?.Failures ?? []).Select(error => error.Message));
        var final = _errors.Where(error => error.Value is HubRefusal { Fault: SourceFault.Missing or SourceFault.Denied, Reason: not HubReason.Trouble }).ToList();
        var atHome = final.FindAll(error => error.Key.Upstream.Kind is SourceKind.Hub);
        if (Open().Count > 0 && atHome.Count is 0)
            return new OfflineException($"{repo}@{revision}: no source answers ({said}); check the network, or add a peer that has it with 'hfmc peer add HOST'");

        var refusals = (atHome.Count > 0 ? atHome : final).ConvertAll(error => (HubRefusal)error.Value);
        if (refusals.Find(refusal => refusal.Fault is SourceFault.Denied) is { } denied)
            return new DeniedException(denied.Message);
        if (refusals.Exists(refusal => refusal.Reason is HubReason.RevisionNotFound))
            return new NotFoundException($"{repo} has no revision {revision}; see its branches and commits in a browser, or leave out -v for main");
        if (refusals.Count > 0)
            return new NotFoundException($"{repo}: no such repo, or it is private; check the spelling, or run 'hfmc auth login' if it is yours");
        return new OfflineException(said.Length > 0
            ? $"{repo}@{revision}: no source answers ({said})"
            : $"{repo}@{revision}: there is nobody to ask: upstreams are off and no peer answers; add one with 'hfmc peer add HOST'");
    }

    static TimeSpan Jitter(TimeSpan wait) => wait * (0.75 + Random.Shared.NextDouble() / 2);

    static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
