using Hfmc.Core.Hub;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Planning;

/// <summary>What the upstreams know of a name. An upstream that does not answer in time knows nothing.</summary>
/// <param name="KnownBy">The upstreams that have a repo of that name.</param>
/// <param name="Silent">Those that could not be asked, each with its reason.</param>
public sealed record NameAnswer(IReadOnlyList<string> KnownBy, IReadOnlyList<string> Silent);

/// <summary>Asks all upstreams together, as a stranger, whether they have a repo of a name.</summary>
static class NameCheck
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<NameAnswer> AskAsync(IReadOnlyList<HubClient> hubs, RepoId repo, TimeProvider time, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(hubs.Select(hub => AskAsync(hub, repo, time, cancellationToken)));
        return new(
            [.. answers.Where(answer => answer.IsKnown).Select(answer => answer.Upstream)],
            [.. answers.Select(answer => answer.Trouble).OfType<string>()]);
    }

    static async Task<(string Upstream, bool IsKnown, string? Trouble)> AskAsync(HubClient hub, RepoId repo, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await hub.GetRepoAsync(repo, Revision.Main, anonymous: true, either.Token);
            return (hub.Upstream.Name, true, null);
        }
        catch (HubRefusal refusal) when (refusal.Reason is not HubReason.Trouble)
        {
            return (hub.Upstream.Name, refusal.Reason is HubReason.GatedRepo or HubReason.RevisionNotFound, null);
        }
        catch (SourceException error)
        {
            return (hub.Upstream.Name, false, error.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (hub.Upstream.Name, false, $"{hub.Upstream.Name} did not answer within {Patience.TotalSeconds} s");
        }
    }
}
