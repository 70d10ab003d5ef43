using Hfmc.Core.Hub;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Sources;

/// <summary>The one sentence that ends a lookup that found nothing.</summary>
static class LookupFailure
{
    /// <param name="repo">What was looked for.</param>
    /// <param name="revision">Of it.</param>
    /// <param name="upstreams">What each upstream said last.</param>
    /// <param name="peers">What peers said wrong.</param>
    /// <param name="peersKnowPart">Peers know the repo, but not all that was asked for.</param>
    public static HfmcException Of(
        RepoId repo, Revision revision, IReadOnlyDictionary<HubClient, SourceException> upstreams, IReadOnlyList<SourceException> peers, bool peersKnowPart)
    {
        var decided = upstreams.Where(error => error.Value is HubRefusal { Fault: SourceFault.Missing or SourceFault.Denied, Reason: not HubReason.Trouble }).ToList();
        var atHome = decided.FindAll(error => error.Key.Upstream.Kind is SourceKind.Hub);
        // A mirror's no is not final while the token's home has not spoken.
        var isUndecided = atHome.Count is 0 && upstreams.Values.Any(error => error.Fault is not (SourceFault.Missing or SourceFault.Denied or SourceFault.Itself));
        var refusals = isUndecided ? [] : (atHome.Count > 0 ? atHome : decided).ConvertAll(error => (HubRefusal)error.Value);
        if (refusals.Find(refusal => refusal.Fault is SourceFault.Denied) is { } denied)
            return new DeniedException(denied.Message);
        if (refusals.Exists(refusal => refusal.Reason is HubReason.RevisionNotFound))
            return new NotFoundException($"{repo} has no revision {revision}; see its branches and commits in a browser, or leave out -v for main");
        if (refusals.Count > 0)
            return new NotFoundException($"{repo}: no such repo, or it is private; check the spelling, or run 'hfmc auth login' if it is yours");

        SourceException[] all = [.. upstreams.Values, .. peers];
        var said = string.Join("; ", all.Select(error => error.Message).Distinct());
        if (peersKnowPart)
            return new OfflineException(
                $"{repo}@{revision}: {(all.Length > 0 ? $"no upstream answers ({said}), and " : "")}the peers that answer know only some of its files"
                + "; name files that they have with -f, or add a peer that has all with 'hfmc peer add HOST'")
            {
                Cause = all.Length > 0 ? said : null,
            };
        return all.Length > 0
            ? new OfflineException($"{repo}@{revision}: no source answers ({said}){Advice(upstreams)}") { Cause = said }
            : new OfflineException($"{repo}@{revision}: there is nobody to ask: upstreams are off and no peer answers; add one with 'hfmc peer add HOST'");
    }

    // What fits what happened; a message that says itself what to do needs no more.
    static string Advice(IReadOnlyDictionary<HubClient, SourceException> upstreams)
    {
        if (upstreams.Values.FirstOrDefault(error => error.Fault is SourceFault.Busy) is { } busy)
            return $"; run the command again {(busy.RetryAfter is { } wait ? $"in {RetryAdvice.Text(wait)}" : "later")}, or let it wait with a longer --patience"
                + (upstreams.Keys.All(hub => hub.Upstream.Token is null) ? ", or run 'hfmc auth login': a login has a higher limit" : "");
        return upstreams.Values.All(error => error.SaysWhatToDo) && upstreams.Count > 0
            ? ""
            : "; check the network, or add a peer that has it with 'hfmc peer add HOST'";
    }
}
