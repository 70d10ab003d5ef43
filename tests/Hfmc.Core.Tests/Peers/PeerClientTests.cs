using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;
using Hfmc.Core.Tests.Sources;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Peers;

public sealed class PeerClientTests : IAsyncLifetime
{
    const int Size = (3 << 20) + 5;

    static readonly RepoId Repo = RepoId.Parse("acme/tiny");
    static readonly PatternContent Weights = new(Size, seed: 21);
    static readonly Blob Blob = new(Weights.Sha256, Size);

    readonly HttpMessageInvoker _http = PeerClient.CreateTransport();
    readonly TimeProvider _time = TimeProvider.System;
    readonly NodeId _self = NodeId.New();
    TestPeer _peer = null!;
    CommitId _commit;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    PeerClient Client => new(_http, _time, _self);

    public async ValueTask InitializeAsync()
    {
        _peer = await TestPeer.StartAsync(Cancelled);
        var repo = new HubContent(TimeProvider.System, lfsThreshold: 1 << 20).Add(Repo.Id);
        _commit = repo.Commit(new Dictionary<string, FileContent> { ["weights.bin"] = Weights, ["config.json"] = BytesContent.Of("{}") });
        _peer.Share(repo, _commit, "main");
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _peer.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_peer_says_who_it_is_and_is_told_who_asks()
    {
        Assert.Equal(_peer.Node.Text, (await Client.HelloAsync(_peer.Address, Cancelled)).Node);
        Assert.Contains($"{PeerClient.NodeHeader}: {_self}", _peer.Headers);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_snapshot_is_found_by_its_names_and_by_no_other()
    {
        var found = await Client.FindAsync(_peer.Address, Repo, Revision.Main, Cancelled);

        Assert.Equal(_commit, found!.Snapshot.Commit);
        Assert.Equal(["config.json", "weights.bin"], found.Snapshot.Files.Select(file => file.Path.Text));
        Assert.Null(await Client.FindAsync(_peer.Address, Repo, Revision.Parse("other"), Cancelled));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_peer_says_what_it_has_of_a_file_that_it_is_getting()
    {
        _peer.Twist = snapshot => snapshot with { Files = [.. snapshot.Files.Select(file => file.Size is Size ? file with { Held = false, Part = 77 } : file)] };

        var found = await Client.FindAsync(_peer.Address, Repo, Revision.Main, Cancelled);

        Assert.Equal(["config.json"], found!.Held.Select(file => file.Text));
        Assert.Equal([("weights.bin", 77L)], found.Parts.Select(part => (part.Key.Text, part.Value)));
    }

    [Fact(Timeout = 120_000)]
    public async Task Only_blobs_that_were_asked_for_and_have_the_right_size_count_as_held()
    {
        var absent = new Blob(BytesContent.Of("absent").Sha256, 6);

        Assert.Equal([Blob], await Client.HoldsAsync(_peer.Address, [Blob, absent], Cancelled));
        _peer.SizeLie = 1;
        Assert.Empty(await Client.HoldsAsync(_peer.Address, [Blob, absent], Cancelled));
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(UnsafeNames.Wrong), MemberType = typeof(UnsafeNames))]
    public async Task Lists_that_cannot_be_right_are_refused(string names, string reason)
    {
        _peer.Twist = snapshot => snapshot with { Files = [.. names.Split('|').Select(name => snapshot.Files[0] with { Path = name })] };

        var error = await Assert.ThrowsAsync<SourceException>(() => Client.FindAsync(_peer.Address, Repo, Revision.Main, Cancelled));

        Assert.Equal(SourceFault.Lied, error.Fault);
        Assert.Contains(reason, error.Message);
        Assert.Contains($"{_peer.Address}", error.Message);
        Assert.DoesNotContain(error.Message, char.IsControl);
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(UnsafeNames.Odd), MemberType = typeof(UnsafeNames))]
    public async Task Unsafe_names_are_put_aside(string name)
    {
        _peer.Twist = snapshot => snapshot with { Files = [.. snapshot.Files, snapshot.Files[0] with { Path = name, Held = true }] };

        var found = await Client.FindAsync(_peer.Address, Repo, Revision.Main, Cancelled);

        Assert.Equal([name], found!.Snapshot.Skipped);
        Assert.DoesNotContain(found.Snapshot.Files, file => file.Path.Text == name);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("/hello", "{}")]
    [InlineData("/hello", "null")]
    [InlineData("/hello", "[]")]
    [InlineData("/hello", "<html>")]
    [InlineData("/hello", """{"node":"short","version":"1","protocol":1,"features":[],"repos":0}""")]
    [InlineData("/snapshot", "{}")]
    [InlineData("/snapshot", """{"repo":"models/acme/tiny","commit":"0123456789012345678901234567890123456789"}""")]
    [InlineData("/snapshot", """{"repo":"models/acme/tiny","commit":"0123456789012345678901234567890123456789","files":[null]}""")]
    [InlineData("/snapshot", """{"repo":"models/acme/tiny","commit":"0123456789012345678901234567890123456789","files":[{}]}""")]
    [InlineData("/snapshot", """{"repo":"models/acme/other","commit":"0123456789012345678901234567890123456789","files":[]}""")]
    [InlineData("/snapshot", """{"repo":"models/acme/tiny","commit":"../x","files":[]}""")]
    [InlineData("/snapshot", """{"repo":"models/acme/tiny","commit":"0123456789012345678901234567890123456789","files":[{"path":"\ud800","etag":"0123456789012345678901234567890123456789","size":1,"held":true}]}""")]
    [InlineData("/snapshot", """{"repo":"models/acme/tiny","commit":"0123456789012345678901234567890123456789","files":[{"path":"a","etag":"0123456789012345678901234567890123456789","size":1,"held":false,"part":2}]}""")]
    [InlineData("/snapshot", """{"repo":"models/acme/tiny","commit":"0123456789012345678901234567890123456789","files":[],"partial":"yes"}""")]
    [InlineData("/blobs", "{}")]
    [InlineData("/blobs", """{"blobs":null}""")]
    [InlineData("/blobs", """{"blobs":[null]}""")]
    [InlineData("/blobs", """{"blobs":[{"etag":1}]}""")]
    public async Task An_answer_of_the_wrong_shape_is_a_lie_and_never_a_crash(string path, string json)
    {
        _peer.Raw[path] = json;

        var error = await Assert.ThrowsAsync<SourceException>(() => path switch
        {
            "/hello" => Client.HelloAsync(_peer.Address, Cancelled),
            "/snapshot" => Client.FindAsync(_peer.Address, Repo, Revision.Main, Cancelled),
            _ => Client.HoldsAsync(_peer.Address, [Blob], Cancelled),
        });

        Assert.Equal(SourceFault.Lied, error.Fault);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_greeting_or_an_answer_about_blobs_of_many_megabytes_is_not_read()
    {
        var many = string.Join(',', Enumerable.Repeat("\"\"", 1 << 19));
        _peer.Raw["/hello"] = $$"""{"node":"{{_peer.Node}}","version":"9.0","protocol":1,"features":[{{many}}],"repos":0}""";
        _peer.Raw["/blobs"] = $$"""{"blobs":[],"more":[{{many}}]}""";

        Assert.Contains("more than 1 MiB", (await Assert.ThrowsAsync<SourceException>(() => Client.HelloAsync(_peer.Address, Cancelled))).Message);
        Assert.Contains("more than 1 MiB", (await Assert.ThrowsAsync<SourceException>(() => Client.HoldsAsync(_peer.Address, [Blob], Cancelled))).Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_peer_that_does_not_greet_is_given_up_after_two_seconds()
    {
        var (time, patience) = (new ManualTime(), TimeSpan.FromSeconds(2));
        _peer.IsMute = true;

        var greeting = new PeerClient(_http, time, _self).HelloAsync(_peer.Address, Cancelled);
        await time.WaitForTimerAsync(patience, Cancelled);
        time.Advance(patience);

        Assert.Equal(SourceFault.Stalled, (await Assert.ThrowsAsync<SourceException>(() => greeting)).Fault);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_peer_of_another_protocol_is_named_with_what_to_do()
    {
        _peer.Raw["/hello"] = $$"""{"node":"{{_peer.Node}}","version":"9.0","protocol":2,"features":[],"repos":0}""";

        Assert.Contains("update the older one", (await Assert.ThrowsAsync<SourceException>(() => Client.HelloAsync(_peer.Address, Cancelled))).Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_busy_peer_says_when_to_come_again()
    {
        _peer.BusyFor = 3;

        var error = await Assert.ThrowsAsync<SourceException>(() => Client.OpenAsync(_peer.Address, Blob, ByteRange.Whole(Size), Cancelled));

        Assert.Equal((SourceFault.Busy, TimeSpan.FromSeconds(3)), (error.Fault, error.RetryAfter));
    }

    [Fact(Timeout = 120_000)]
    public async Task When_a_peer_dies_in_mid_blob_the_next_one_gives_the_rest()
    {
        await using var second = await TestPeer.StartAsync(Cancelled);
        ShareAt(second);
        _peer.DiesAfter = 1_300_000;

        var served = await TransferAsync(_peer, second);

        Assert.Equal(Weights.ToArray(), served);
        Assert.InRange(_peer.BytesServed, 1_300_000, 1_400_000);
        Assert.InRange(second.BytesServed, Size - 1_400_000, Size - 1_200_000);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_peer_that_lies_about_the_size_is_left_out()
    {
        await using var second = await TestPeer.StartAsync(Cancelled);
        ShareAt(second);
        _peer.SizeLie = 7;

        Assert.Equal(Weights.ToArray(), await TransferAsync(_peer, second));
        Assert.Equal(Size, second.BytesServed);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_peer_that_serves_other_bytes_is_left_out_and_named_when_it_is_the_only_one()
    {
        await using var second = await TestPeer.StartAsync(Cancelled);
        ShareAt(second);
        _peer.FlipAt = 1_000_000;

        Assert.Equal(Weights.ToArray(), await TransferAsync(_peer, second));
        var error = await Assert.ThrowsAsync<CorruptException>(() => TransferAsync(_peer));

        Assert.Contains($"{_peer.Address}", error.Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_mute_peer_is_left_for_the_next_one()
    {
        await using var second = await TestPeer.StartAsync(Cancelled);
        ShareAt(second);
        _peer.IsMute = true;

        Assert.Equal(Weights.ToArray(), await TransferAsync(_peer, second));
    }

    void ShareAt(TestPeer peer)
    {
        var repo = new HubContent(TimeProvider.System, lfsThreshold: 1 << 20).Add(Repo.Id);
        peer.Share(repo, repo.Commit(new Dictionary<string, FileContent> { ["weights.bin"] = Weights }));
    }

    async Task<byte[]> TransferAsync(params TestPeer[] peers)
    {
        using var folder = new TempFolder();
        await using var partial = PartialBlob.TryOpen(folder.Path, Blob)!;
        var pump = new BodyPump(_time, TimeSpan.FromSeconds(10));
        await new BlobTransfer("weights.bin", partial, [.. peers.Select(peer => new PeerSource(Client, peer.Address, Blob, pump))],
            new(TimeSpan.FromSeconds(60), new(8)), new(Blob), _time).RunAsync(Cancelled);
        return File.ReadAllBytes(partial.Paths.Bytes);
    }
}
