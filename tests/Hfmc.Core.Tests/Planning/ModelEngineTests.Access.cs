using Hfmc.Core.Hub;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

/// <summary>Repos that are not for everybody.</summary>
public sealed partial class ModelEngineTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_repo_that_becomes_gated_is_no_longer_public()
    {
        await _rig.AddAsync(All, _hub);
        _repo.Gated = true;

        await _rig.AddAsync(All, _hub);

        Assert.Null(_rig.Records.Read(Repo, _commit)!.Public);
    }

    [Fact(Timeout = 120_000)]
    public async Task With_the_mirror_first_a_gated_repo_comes_from_the_home_of_the_token_alone()
    {
        await using var mirror = await FakeHub.StartAsync(new() { Style = HubStyle.Direct, Content = _hub.Content }, Cancelled);
        _repo.Allow("hf_secret").Gated = true;

        await _rig.AddAsync(All, new Caller([EngineRig.UpstreamOf(mirror, SourceKind.Mirror), EngineRig.UpstreamOf(_hub, token: "hf_secret")], false));

        _rig.AssertComplete(_repo, _commit);
        Assert.Equal(0, mirror.BytesServed());
        Assert.All(mirror.Requests, request => Assert.Null(request.Authorization));
        Assert.All(_hub.Requests.Where(request => request.Side is HubSide.Cdn), request => Assert.Null(request.Authorization));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_gated_repo_without_access_is_denied_with_what_to_do()
    {
        _repo.Gated = true;

        var error = await Assert.ThrowsAsync<DeniedException>(() => _rig.AddAsync(All, _hub));

        Assert.Contains("hfmc auth login", error.Message);
    }
}
