using Hfmc.Core.Hub;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Planning;

/// <summary>
/// What a caller of the daemon may see of a repo at a revision. A public commit that is known is never asked for; a branch is asked
/// upstream, first as a stranger, then with the caller's own token; when no upstream answers, this cache and then the peers do. What
/// is not public is shown after an upstream said yes to this caller, a minute ago at the most.
/// </summary>
public sealed partial class RepoViews
{
    // With an answer at hand an upstream that hangs is not waited for: its own answer serves the next who asks.
    static readonly TimeSpan Glance = TimeSpan.FromSeconds(2);

    // Then it is tried again whether upstreams answer in time.
    static readonly TimeSpan AfterSilence = TimeSpan.FromSeconds(30);

    // A client waits 10 s for the first byte of an answer.
    static readonly TimeSpan ListPatience = TimeSpan.FromSeconds(5);

    readonly ModelEngine _engine;
    readonly ViewRules _rules;
    readonly CallerMarks _marks = new();
    readonly UpstreamAnswers _answers;
    readonly KnownRecords _records;
    readonly PeerViews _peers;
    readonly SnapshotViews _snapshots;

    // Until then nobody waits who can do without.
    long _hurriesUntil;

    public RepoViews(ModelEngine engine, ViewRules rules)
    {
        (_engine, _rules) = (engine, rules);
        (_answers, _records, _peers) = (new(engine.Backoff, engine.Time), new(engine.Cache, engine.Records, engine.Time), new(engine));
        _snapshots = new(engine.Time, _answers);
    }

    /// <summary>The repo with all its files, for a caller who may see them.</summary>
    /// <exception cref="ViewException">What he is told instead.</exception>
    public async Task<RepoView> FindAsync(RepoId repo, Revision revision, ViewCaller caller, CancellationToken cancellationToken) =>
        await ListAsync(await LookAsync(repo, revision, caller, cancellationToken), revision, cancellationToken);

    /// <summary>What was seen at the revision, with all its files.</summary>
    /// <exception cref="ViewException">Nobody lists them now.</exception>
    public Task<RepoView> ListAsync(RepoSight sight, Revision revision, CancellationToken cancellationToken) => ListAsync(sight, revision, [], cancellationToken);

    async Task<RepoView> ListAsync(RepoSight sight, Revision revision, IReadOnlyCollection<FilePath> named, CancellationToken cancellationToken) =>
        await ListAsync(sight, cancellationToken)
            ?? (Here(sight.Repo, revision) is { IsPublic: true, Snapshot.IsPartial: false } here
                ? View(OfRecord(here, sight.Hubs, sight.Caller), here.Snapshot)
                // Of a part that is here peers may know the rest, or another part.
                : sight.Known is { IsPartial: true } && _rules.PeersOn && await _peers.FindAsync(sight.Repo, revision, cancellationToken) is { } shown
                    && shown.Commit == sight.Commit && shown.Answers(named)
                ? View(sight, shown)
                : throw sight.Otherwise ?? ViewException.NotHere(sight.Repo, revision, "no upstream lists its files now"));

    /// <summary>The same for a caller who may also have the bytes: a gated repo lists its files to everybody.</summary>
    /// <exception cref="ViewException">What he is told instead.</exception>
    public Task<RepoView> FindReadableAsync(RepoId repo, Revision revision, ViewCaller caller, CancellationToken cancellationToken) =>
        ReadableAsync(repo, revision, caller, sight => ListAsync(sight, revision, cancellationToken), cancellationToken);

    /// <summary>
    /// The same, with no other file than this one where the repo is so big that its list takes long; with none when the commit does not have it.
    /// </summary>
    /// <exception cref="ViewException">What he is told instead.</exception>
    public Task<RepoView> FindReadableAsync(RepoId repo, Revision revision, FilePath path, ViewCaller caller, CancellationToken cancellationToken) =>
        ReadableAsync(repo, revision, caller, async sight => await FindFileAsync(sight, path, isBig: true, cancellationToken) ?? await ListAsync(sight, cancellationToken)
            ?? await FindFileAsync(sight, path, isBig: false, cancellationToken) ?? await ListAsync(sight, revision, [path], cancellationToken), cancellationToken);

    async Task<RepoView> ReadableAsync(RepoId repo, Revision revision, ViewCaller caller, Func<RepoSight, Task<RepoView>> list, CancellationToken cancellationToken)
    {
        RepoView view;
        try
        {
            view = await list(await LookAsync(repo, revision, caller, cancellationToken));
        }
        catch (ViewException no) when (no.Code is ViewException.RevisionNotFound)
        {
            // Who may not read the repo is told so, and nothing about its revisions.
            await MustBeReadableAsync(repo, revision, caller, () => MainOrNullAsync(repo, revision, caller, cancellationToken), cancellationToken);
            throw;
        }
        // Cache and peers: the rules for seeing it are those for reading it.
        if (!view.IsPublic && view.Origin is ListingOrigin.Upstream)
            await MustBeReadableAsync(repo, revision, caller, () => Task.FromResult<RepoView?>(view), cancellationToken);
        return view;
    }

    async Task<RepoView?> MainOrNullAsync(RepoId repo, Revision revision, ViewCaller caller, CancellationToken cancellationToken)
    {
        try
        {
            return await FindAsync(repo, Revision.Main, caller, cancellationToken);
        }
        catch (ViewException no) when (no.Code is ViewException.RevisionNotFound)
        {
            throw ViewException.NoSuchRevision(revision);
        }
    }

    /// <summary>
    /// The view with the Xet ids of its files, for a caller who may have the bytes: a gated repo tells them to nobody else, and its files are
    /// listed as to a stranger first.
    /// </summary>
    public async Task<RepoView> WithXetIdsAsync(RepoView view, CancellationToken cancellationToken)
    {
        if (view.IsPublic || view.Origin is not ListingOrigin.Upstream || view.Listing.Hubs.FirstOrDefault(hub => hub.Upstream.Token is not null) is not { } hub)
            return view;
        var sight = new RepoSight(view.Repo, view.Commit, IsPublic: false, view.Origin, view.Listing.Hubs, view.Caller) { NeededToken = true };
        return await _snapshots.FindAsync(sight, hub, $"{_marks.Of(view.Caller)}/ids", cancellationToken) is { } own
            ? view with { Listing = view.Listing with { Snapshot = own } }
            : view;
    }

    /// <summary>Which commit the revision is, and who says so.</summary>
    /// <exception cref="ViewException">What the caller is told instead.</exception>
    public async Task<RepoSight> LookAsync(RepoId repo, Revision revision, ViewCaller caller, CancellationToken cancellationToken)
    {
        var (hubs, here) = (HubsOf(caller), Here(repo, revision));
        if (here is { IsPublic: true, Snapshot.IsPartial: false } && (revision.IsCommit || here.IsImport))
            return OfRecord(here, hubs, caller);

        var question = InfoOf(repo, revision);
        // Known to be away: it is tried in the background, and who asks gets what is here.
        var isAway = hubs.All(_answers.IsInDoubt) && MayShow(here, repo, revision, caller);
        var answer = await AskStrangerAsync(hubs, question, caller, here is { IsPublic: true }, isAway, cancellationToken);
        if (Read(answer, repo, revision, hubs, caller) is { } open)
            return Learn(open, revision);
        if (caller.Token is not null && !isAway && answer?.Reply["X-Error-Code"] is not ViewException.RevisionNotFound)
        {
            answer = await _answers.AskAsync(hubs, question, _marks.Of(caller), anonymous: false, cancellationToken) ?? (HasHome(hubs) ? null : answer);
            if (Read(answer, repo, revision, hubs, caller) is { } own)
                return Learn(own with { IsPublic = false, NeededToken = true }, revision);
        }
        return await WithoutUpstreamAsync(repo, revision, answer, here, hubs, caller, cancellationToken);
    }

    /// <summary>
    /// The same as <see cref="FindAsync"/>, but null when the list of files takes longer than a client waits; it is fetched all the same, for
    /// who asks next.
    /// </summary>
    /// <exception cref="ViewException">What the caller is told instead.</exception>
    public async Task<RepoView?> FindSoonAsync(RepoId repo, Revision revision, ViewCaller caller, CancellationToken cancellationToken)
    {
        try
        {
            return await FindAsync(repo, revision, caller, cancellationToken).WaitAsync(ListPatience, _engine.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>The refs of this cache that the caller may see without asking anybody: those of public commits.</summary>
    public IReadOnlyList<CachedRef> RefsHere(RepoId repo) =>
        [.. _engine.Cache.Repo(repo).Refs().Where(named => named.Commit is { } commit && _records.Find(repo, commit) is { IsPublic: true })];

    async Task<UpstreamAnswer?> AskStrangerAsync(
        IReadOnlyList<HubClient> hubs, HubQuestion question, ViewCaller caller, bool mayDoWithout, bool isAway, CancellationToken cancellationToken)
    {
        var asking = _answers.AskAsync(hubs, question, CallerMarks.OfStranger(caller), anonymous: true, cancellationToken);
        if (asking.IsCompleted || (!mayDoWithout && !isAway))
            return await asking;
        if (isAway || _engine.Time.Steady().Ticks < Volatile.Read(ref _hurriesUntil))
            return null;
        try
        {
            return await asking.WaitAsync(Glance, _engine.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            Volatile.Write(ref _hurriesUntil, (_engine.Time.Steady() + AfterSilence).Ticks);
            return null;
        }
    }

    async Task<RepoSight> WithoutUpstreamAsync(
        RepoId repo, Revision revision, UpstreamAnswer? no, KnownRecord? here, IReadOnlyList<HubClient> hubs, ViewCaller caller, CancellationToken cancellationToken)
    {
        no = no is { Reply.IsPage: true } ? null : no;
        if (no?.Reply["X-Error-Code"] is ViewException.RevisionNotFound or ViewException.GatedRepo)
            throw UpstreamNo.Of(no.Reply, revision, caller);
        var mayBeRestricted = MayShowRestricted(caller);
        here ??= mayBeRestricted && no is null ? _records.FindUnrecorded(repo, revision) : null;
        if (here is not null && (no is null || here.IsImport) && (here.IsPublic || mayBeRestricted))
            return OfRecord(here, hubs, caller) with { UpstreamIsSilent = no is null };
        var shown = _rules.PeersOn ? await _peers.FindAsync(repo, revision, cancellationToken) : null;
        // What an upstream has said before tells more than a part.
        if (shown is null or { IsPartial: true } && no is null
            && Read(_answers.LastYes(hubs, InfoOf(repo, revision), CallerMarks.OfStranger(caller)), repo, revision, hubs, caller) is { IsPublic: true } former)
            return former with { Origin = ListingOrigin.Cache, UpstreamIsSilent = true, Known = shown?.Commit == former.Commit ? shown : null };
        var otherwise = no is not null ? UpstreamNo.Of(no.Reply, revision, caller)
            : _answers.AskedToWait(hubs) is { } wait ? ViewException.AskedToWait(wait)
            : ViewException.NotHere(repo, revision, hubs.Count is 0 ? "upstreams are off and no peer has it" : "no upstream answers and no peer has it");
        return shown is null
            ? throw otherwise
            : Learn(new(repo, shown.Commit, IsPublic: false, ListingOrigin.Peers, hubs, caller) { Known = shown, Otherwise = otherwise }, revision);
    }

    // The cache remembers where the revision points, and who may hear of the commit, whatever of it is asked for next.
    RepoSight Learn(RepoSight sight, Revision revision)
    {
        _engine.Named.Note(sight.Repo, revision, sight.Commit);
        if (sight is { Origin: ListingOrigin.Upstream, NeededToken: false } && _records.Find(sight.Repo, sight.Commit) is { } known)
            _records.Note(known.Snapshot, sight.IsPublic, sight.Info, _engine.Time.GetUtcNow());
        return sight;
    }

    // While no upstream can say.
    bool MayShow(KnownRecord? here, RepoId repo, Revision revision, ViewCaller caller) =>
        here is { IsPublic: true } || (MayShowRestricted(caller) && (here ?? _records.FindUnrecorded(repo, revision)) is not null);

    bool MayShowRestricted(ViewCaller caller) => caller.IsLocal && _rules.ShowsRestrictedOffline();

    RepoSight? Read(UpstreamAnswer? answer, RepoId repo, Revision revision, IReadOnlyList<HubClient> hubs, ViewCaller caller)
    {
        if (answer is not { Reply.IsYes: true })
            return null;
        try
        {
            var info = answer.Hub.ReadRepo(answer.Reply.Body, repo, revision);
            return new(repo, info.Commit, info.IsOpen is true, ListingOrigin.Upstream, hubs, caller) { Answer = answer, Info = info.Text, Files = info.Files };
        }
        catch (SourceException)
        {
            return null; // What it says cannot be right, so it has said nothing.
        }
    }

    async Task<RepoView?> ListAsync(RepoSight sight, CancellationToken cancellationToken)
    {
        if (sight.Known is { IsPartial: false } known)
            return View(sight, known);
        var recorded = _records.Find(sight.Repo, sight.Commit)?.Snapshot is { IsPartial: false } all ? all : null;
        var mark = MarkOf(sight);
        var snapshot = recorded ?? (sight.Answer is { } answer ? await _snapshots.FindAsync(sight, answer.Hub, mark, cancellationToken) : null);
        if (snapshot is null)
            return null;
        if (sight.Origin is ListingOrigin.Upstream && !sight.NeededToken)
            _records.Note(snapshot, sight.IsPublic, sight.Info, _engine.Time.GetUtcNow());
        return View(sight, snapshot);
    }

    // Null where the whole list is here, or soon is, or nobody says more of the file.
    async Task<RepoView?> FindFileAsync(RepoSight sight, FilePath path, bool isBig, CancellationToken cancellationToken)
    {
        if ((sight.Known ?? _records.Find(sight.Repo, sight.Commit)?.Snapshot) is { } known && (!known.IsPartial || FileIndex.Of(known).Find(path) is not null))
            return View(sight, known);
        if (sight.Answer is not { } answer || isBig == sight.Files is <= HubClient.FilesOfPage)
            return null;
        return await _snapshots.FindFileAsync(sight, answer.Hub, MarkOf(sight), path, cancellationToken) is { } found ? View(sight, found) : null;
    }

    string MarkOf(RepoSight sight) => sight.IsPublic ? CallerMarks.OfStranger(sight.Caller) : _marks.Of(sight.Caller);

    static RepoView View(RepoSight sight, Snapshot snapshot) =>
        new(new(snapshot, sight.IsPublic, sight.Origin, sight.Hubs) { Info = sight.Info }, sight.Caller, sight.Info);

    static RepoSight OfRecord(KnownRecord here, IReadOnlyList<HubClient> hubs, ViewCaller caller) =>
        new(here.Record.Repo, here.Record.Commit, here.IsPublic, ListingOrigin.Cache, hubs, caller) { Known = here.Snapshot, Info = here.Record.Info };

    KnownRecord? Here(RepoId repo, Revision revision) => _records.Find(repo, revision);

    IReadOnlyList<HubClient> HubsOf(ViewCaller caller) => _engine.Hubs(_rules.Upstreams(caller.Token), caller.Via);

    static bool HasHome(IReadOnlyList<HubClient> hubs) => hubs.Any(hub => hub.Upstream.Token is not null);

    static HubQuestion InfoOf(RepoId repo, Revision revision)
    {
        var place = revision.Text is "HEAD" ? "" : $"/revision/{Uri.EscapeDataString(revision.Text)}";
        return new($"api/{repo.ApiPath}{place}") { IsOfCommit = revision.IsCommit };
    }
}
