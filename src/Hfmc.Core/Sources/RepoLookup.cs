using Hfmc.Core.Hub;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Sources;

/// <summary>
/// Finds out which commit a revision is and which files it has: from the first upstream that says yes; from peers when no
/// upstream answers, or when none knows the repo. A mirror's no is not final while the token's home has not spoken.
/// </summary>
public sealed class RepoLookup(IReadOnlyList<HubClient> hubs, Neighbours? neighbours, TimeProvider time, Action<string> warn, Neighbours? members = null)
{
    // With what is wanted at hand, a further upstream is asked beside one that has been silent for so long.
    static readonly TimeSpan Hedge = TimeSpan.FromSeconds(1);

    long _lastPage;
    bool _peersKnowPart;

    /// <summary>The files that are asked for by name: in a big repo only these are looked up. Empty for the whole list.</summary>
    public IReadOnlyCollection<FilePath> Files { get; init; } = [];

    /// <summary>Gets the files of each page of a list that goes on after it, as a listing of these files alone; null where nobody can use them.</summary>
    public Action<RepoListing>? Came { get; init; }

    /// <summary>How long an upstream that limits this machine (429) is waited for.</summary>
    public TimeSpan Patience { get; init; } = TransferLimits.DefaultPatience;

    /// <summary>What is wanted is here already: the lookup only finds out whether there is something newer, and ends within 3 s.</summary>
    public bool MayDoWithout { get; init; }

    /// <summary>Told why nothing happens for now, and null when something does.</summary>
    public Action<string?> Waits { get; init; } = _ => { };

    /// <exception cref="NotFoundException">Nobody knows the repo or the revision.</exception>
    /// <exception cref="DeniedException">It is there, but not for this caller.</exception>
    /// <exception cref="OfflineException">Nobody answers.</exception>
    public async Task<RepoListing> FindAsync(RepoId repo, Revision revision, CancellationToken cancellationToken)
    {
        var tries = new UpstreamTries(hubs, Patience, MayDoWithout, time);
        while (true)
        {
            if (await (MayDoWithout ? AskTogetherAsync(tries, repo, revision, cancellationToken) : AskInTurnAsync(tries, repo, revision, cancellationToken)) is { } listing)
                return listing;
            if (await AskPeersAsync(tries, repo, revision, cancellationToken) is { } known)
                return known;
            tries.Heard(Volatile.Read(ref _lastPage));
            if (tries.Next() is not var (pause, error, left))
                throw LookupFailure.Of(repo, revision, tries.Errors, neighbours?.Failures ?? [], _peersKnowPart);
            Waits($"{error.Message}; trying again in {RetryAdvice.Text(pause)}, giving up after {RetryAdvice.Text(left)}");
            await Task.Delay(pause, time, cancellationToken);
            Waits(null);
        }
    }

    async Task<RepoListing?> AskInTurnAsync(UpstreamTries tries, RepoId repo, Revision revision, CancellationToken cancellationToken)
    {
        foreach (var hub in tries.Ready)
            if (Hear(tries, await AskAsync(hub, look: null, repo, revision, cancellationToken)) is { } listing)
                return listing;
        return null;
    }

    async Task<RepoListing?> AskTogetherAsync(UpstreamTries tries, RepoId repo, Revision revision, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var asking = new List<Task<Word>>();
        RepoListing? listing = null;
        foreach (var hub in tries.Ready)
        {
            asking.Add(AskAsync(hub, tries.Look, repo, revision, done.Token));
            // Those that were silent a moment ago are all asked at once: there is no time for one after the other.
            var hedge = hub.Backoff?.IsInDoubt(hub.Upstream) is true ? TimeSpan.Zero : Hedge;
            if ((listing = await FirstAsync(tries, asking, hedge, done.Token)) is not null)
                break;
        }
        listing ??= await FirstAsync(tries, asking, Timeout.InfiniteTimeSpan, done.Token);
        await done.CancelAsync();
        await Task.WhenAll(asking).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        return listing;
    }

    // The first yes; null when time is up, or nobody is left who could say it.
    async Task<RepoListing?> FirstAsync(UpstreamTries tries, List<Task<Word>> asking, TimeSpan wait, CancellationToken cancellationToken)
    {
        var enough = Task.Delay(wait, time, cancellationToken);
        while (asking.Count > 0)
        {
            var first = await Task.WhenAny([enough, .. asking]);
            cancellationToken.ThrowIfCancellationRequested();
            if (first is not Task<Word> answered)
                return null;
            asking.Remove(answered);
            if (Hear(tries, await answered) is { } listing)
                return listing;
        }
        return null;
    }

    RepoListing? Hear(UpstreamTries tries, Word word)
    {
        if (word.Error is not { } error)
            return word.Listing! with { Hubs = tries.Open };
        word.Hub.Conduct?.Note(word.Hub.Upstream.Name, error);
        if (error.Fault is SourceFault.Itself)
            warn($"{word.Hub.Upstream.Name} is this very daemon and is passed over; see 'hfmc conf sources get' and HF_ENDPOINT");
        tries.Note(word.Hub, error);
        return null;
    }

    // Who has answered once may take longer to list the files.
    async Task<Word> AskAsync(HubClient hub, TimeSpan? look, RepoId repo, Revision revision, CancellationToken cancellationToken)
    {
        using var enough = new CancellationTokenSource(look is { } left ? (left > TimeSpan.Zero ? left : TimeSpan.Zero) : Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(enough.Token, cancellationToken);
        try
        {
            var (info, isAnonymous) = await GetRepoAsync(hub, repo, revision, either.Token);
            enough.CancelAfter(Timeout.InfiniteTimeSpan);
            hub.Backoff?.Answered(hub.Upstream);
            var snapshot = await GetSnapshotAsync(hub, repo, info, isAnonymous, either.Token);
            return new(hub, new(snapshot, isAnonymous && info.IsOpen is true, ListingOrigin.Upstream, []) { Info = info.Text }, null);
        }
        catch (SourceException error)
        {
            if (error is HubRefusal { IsFinal: true })
                hub.Backoff?.Answered(hub.Upstream);
            else
                hub.Backoff?.Failed(hub.Upstream, error);
            return new(hub, null, error);
        }
        catch (OperationCanceledException silence) when (!cancellationToken.IsCancellationRequested)
        {
            // One that failed a moment ago has had little time: what it said then says more.
            var error = new SourceException(SourceFault.Stalled, hub.Backoff?.WhyOf(hub.Upstream) ?? $"{hub.Upstream.Name} has not answered", inner: silence);
            hub.Backoff?.Failed(hub.Upstream, error);
            return new(hub, null, error);
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
            // Two that list together would begin with the same files.
            if (page.GoesOn && !MayDoWithout)
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

    async Task<RepoListing?> AskPeersAsync(UpstreamTries tries, RepoId repo, Revision revision, CancellationToken cancellationToken)
    {
        var revisionIsUnknown = tries.Errors.Values.Any(error => error is HubRefusal { Reason: HubReason.RevisionNotFound });
        if (revisionIsUnknown && !revision.MayBeShortCommit)
            return null;
        _peersKnowPart = false;
        // Members first: they know more, and nobody else need hear what is looked for.
        if (await AskAsync(members) is { } shared)
            return new(shared, IsPublic: false, ListingOrigin.Peers, tries.Open) { IsFromMembers = true };
        return await AskAsync(neighbours) is { } snapshot ? new(snapshot, IsPublic: false, ListingOrigin.Peers, tries.Open) : null;

        async Task<Snapshot?> AskAsync(Neighbours? peers)
        {
            if (peers is null || await peers.FindAsync(repo, revision, cancellationToken) is not { } said)
                return null;
            if (said.Answers(Files))
                return said;
            _peersKnowPart = true;
            return null;
        }
    }

    // Exactly one of the two.
    readonly record struct Word(HubClient Hub, RepoListing? Listing, SourceException? Error);
}
