using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

/// <summary>Peers first, then the mirror, then the Hub.</summary>
public sealed partial class ModelEngineTests
{
    [Fact(Timeout = 120_000)]
    public async Task A_blob_goes_on_from_peer_to_peer_to_mirror_to_hub_with_each_byte_about_once()
    {
        await using var one = (await TestPeer.StartAsync(Cancelled)).Share(_repo, _commit, "main");
        await using var two = (await TestPeer.StartAsync(Cancelled)).Share(_repo, _commit, "main");
        await using var mirror = await FakeHub.StartAsync(new() { Style = HubStyle.Direct, Content = _hub.Content }, Cancelled);
        (one.DiesAfter, two.DiesAfter) = (500_000, 600_000);
        mirror.Faults.Add(new Fault(FaultKind.CloseAfter, 100_000) { Path = "weights/model.bin", Times = 4 });
        mirror.Faults.Add(new Fault(FaultKind.Unavailable) { Path = "weights/model.bin", After = 4 });
        _rig.Know(one, two);

        await _rig.AddAsync(All, new Caller([EngineRig.UpstreamOf(mirror, SourceKind.Mirror), EngineRig.UpstreamOf(_hub)], false));

        _rig.AssertComplete(_repo, _commit);
        Assert.Equal((2, 2), (_rig.Progress.Peers, _rig.Progress.Givers));
        Assert.All((long[])[_rig.Progress.From(SourceKind.Peer), _rig.Progress.From(SourceKind.Mirror), _rig.Progress.From(SourceKind.Hub)],
            bytes => Assert.True(bytes > 0));
        await _hub.WaitAsync(hub => hub.BytesServed(Big.Sha256) >= _rig.Progress.From(SourceKind.Hub) - 2, Cancelled);
        Assert.InRange(one.BytesServed + two.BytesServed + mirror.BytesServed() + _hub.BytesServed(), BigSize + 2, BigSize + (1 << 20));
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_upstreams_a_model_comes_from_a_peer_and_is_not_taken_for_public()
    {
        await using var peer = (await TestPeer.StartAsync(Cancelled)).Share(_repo, _commit, "main");
        _rig.Know(peer);

        var result = await _rig.AddAsync(All, Offline);

        _rig.AssertComplete(_repo, _commit);
        Assert.Equal(ListingOrigin.Peers, result.Origin);
        Assert.Null(_rig.Records.Read(Repo, _commit)!.Public);
        Assert.DoesNotContain(peer.Headers, header => header.StartsWith("Authorization", StringComparison.OrdinalIgnoreCase));
    }

    [Fact(Timeout = 120_000)]
    public async Task The_sources_that_were_ruled_out_are_not_asked()
    {
        await using var peer = (await TestPeer.StartAsync(Cancelled)).Share(_repo, _commit, "main");
        _rig.Know(peer);

        await _rig.AddAsync(All with { From = AllowedSources.Peers }, _hub);
        Assert.Empty(_hub.Requests);
        peer.Requests.Clear();
        await _rig.AddAsync(All with { From = AllowedSources.Upstream, Force = true }, _hub);

        Assert.Empty(peer.Requests);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_peer_that_lies_about_a_size_in_its_listing_ends_as_corrupt_and_publishes_nothing()
    {
        await using var peer = (await TestPeer.StartAsync(Cancelled)).Share(_repo, _commit, "main");
        peer.Twist = snapshot => snapshot with { Files = [.. snapshot.Files.Select(file => file with { Size = Math.Max(0, file.Size - 1) })] };
        peer.SizeLie = -1;
        _rig.Know(peer);

        await Assert.ThrowsAsync<CorruptException>(() => _rig.AddAsync(All, Offline));

        // The empty file is the only one whose size was told as it is.
        Assert.All(Directory.GetFiles(_rig.Folder(Repo).BlobsFolder), blob => Assert.Equal(0, new FileInfo(blob).Length));
    }

    [Fact(Timeout = 120_000)]
    public async Task Peers_that_disagree_end_the_add_with_both_names()
    {
        var other = _repo.Commit(new Dictionary<string, FileContent> { ["a.txt"] = BytesContent.Of("other") }, "dev");
        await using var one = (await TestPeer.StartAsync(Cancelled)).Share(_repo, _commit, "main");
        await using var two = (await TestPeer.StartAsync(Cancelled)).Share(_repo, other, "main");
        _rig.Know(one, two);

        var error = await Assert.ThrowsAsync<OfflineException>(() => _rig.AddAsync(All, Offline));

        Assert.Contains($"{one.Address}", error.Message);
        Assert.Contains($"{two.Address}", error.Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task Bits_that_a_peer_flips_are_fetched_from_the_hub()
    {
        await using var peer = (await TestPeer.StartAsync(Cancelled)).Share(_repo, _commit, "main");
        peer.FlipAt = 1;
        _rig.Know(peer);

        await _rig.AddAsync(All, _hub);

        _rig.AssertComplete(_repo, _commit);
        Assert.Equal(BigSize + 2, _rig.Progress.From(SourceKind.Hub));
    }

    [Fact(Timeout = 120_000)]
    public async Task Upstreams_that_serve_wrong_bytes_leave_nothing_that_looks_right()
    {
        _hub.Faults.Add(new Fault(FaultKind.FlippedBit, 1));

        var error = await Assert.ThrowsAsync<CorruptException>(() => _rig.AddAsync(All, _hub));

        Assert.Contains(_hub.Endpoint.Authority, error.Message);
        Assert.Null(_rig.Folder(Repo).FindFile(_commit, FilePath.Parse("weights/model.bin")));
        Assert.Null(_rig.Folder(Repo).ResolveRef(Revision.Main));
    }
}
