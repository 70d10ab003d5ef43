using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Sources;

/// <summary>Where the links of an upstream lead, and what goes along.</summary>
public sealed partial class UpstreamTransferTests
{
    [Fact(Timeout = 120_000)]
    public async Task An_expired_link_is_renewed_in_mid_blob()
    {
        _hub.Faults.Add(new Fault(FaultKind.CloseAfter, 500_000) { Side = HubSide.Cdn, Times = 2 });
        var expired = _hub.Faults.Add(new Fault(FaultKind.ExpiredLink) { Side = HubSide.Cdn, After = 5, Times = 1 });

        await _rig.RunAsync(_hub);

        Assert.Equal(1, expired.Strikes);
        Assert.InRange(await TransferRig.ServedAsync(_hub), Size, Size + 2 * MiB);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_link_is_used_again_for_later_ranges()
    {
        await _rig.RunAsync(_hub);
        _hub.ForgetRequests();
        _hub.Faults.Add(new Fault(FaultKind.CloseAfter, 200_000) { Side = HubSide.Cdn });
        await using var rig = new TransferRig();

        await rig.RunAsync([rig.Source(_hub)]);

        Assert.InRange(_hub.Requests.Count(request => request.Side is HubSide.Hub), 1, 4);
        Assert.InRange(_hub.Requests.Count(request => request.Side is HubSide.Cdn), 20, 1000);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_redirect_to_another_host_is_followed_without_the_token()
    {
        var other = await _rig.HubAsync(new() { Style = HubStyle.Direct });
        var address = new Uri(other.Endpoint, $"/{TransferRig.Repo}/resolve/main/{TransferRig.Name}");
        _hub.AddUser("hf_secret", "someone");
        _hub.Faults.Add(new Fault(FaultKind.RedirectElsewhere) { Location = address });

        await _rig.RunAsync([_rig.Source(_hub, token: "hf_secret")]);

        Assert.Equal(Size, await TransferRig.ServedAsync(other));
        Assert.All(_hub.Requests, request => Assert.Equal("hf_secret", request.Token));
        Assert.All(other.Requests, request => Assert.Null(request.Authorization));
    }

    [Fact(Timeout = 120_000)]
    public async Task The_token_is_not_sent_to_the_storage_host()
    {
        _hub.AddUser("hf_secret", "someone");

        await _rig.RunAsync([_rig.Source(_hub, token: "hf_secret")]);

        var byToken = _hub.Requests.ToLookup(request => request.Side, request => request.Authorization);
        Assert.All(byToken[HubSide.Hub], header => Assert.Equal("Bearer hf_secret", header));
        Assert.All(byToken[HubSide.Cdn], Assert.Null);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_mirror_that_turns_callers_away_is_left_for_the_next_upstream_and_not_followed()
    {
        var stranger = await _rig.HubAsync();
        var mirror = await _rig.HubAsync(new() { Style = HubStyle.TurnsAway, OfficialEndpoint = stranger.Endpoint });

        await _rig.RunAsync([_rig.Source(mirror, SourceKind.Mirror), _rig.Source(_hub)]);

        Assert.Empty(stranger.Requests);
        Assert.Equal(Size, await TransferRig.ServedAsync(_hub));
        Assert.Equal(Size, _rig.Progress.From(SourceKind.Hub));
    }
}
