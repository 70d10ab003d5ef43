using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Sources;

/// <summary>Many small blobs from one peer in few requests.</summary>
public sealed class BundleTests : IAsyncLifetime
{
    const int Count = 600;

    static readonly PatternContent[] Files = [.. Enumerable.Range(0, Count).Select(number => new PatternContent(3000 + number, seed: 100 + number))];

    readonly HttpMessageInvoker _http = PeerClient.CreateTransport();
    readonly TimeProvider _time = TimeProvider.System;
    TestPeer _peer = null!;
    Bundles _bundles = null!;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _peer = await TestPeer.StartAsync(Cancelled);
        _peer.IsBundling = true;
        var repo = new HubContent(TimeProvider.System, lfsThreshold: 1).Add("acme/many");
        _peer.Share(repo, repo.Commit(Files.Index().ToDictionary(file => $"{file.Index}.bin", file => (FileContent)file.Item)), "main");
        _bundles = new(new(_http, _time, NodeId.New()), _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _bundles.DisposeAsync();
        _http.Dispose();
        await _peer.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Hundreds_come_with_a_few_requests_and_each_is_what_was_asked_for()
    {
        var targets = await Task.WhenAll(Files.Select(async file =>
        {
            var target = new MemoryBlob(file.Blob());
            await ReadAsync(target);
            return target;
        }));

        Assert.All(Files.Zip(targets), pair => Assert.Equal(pair.First.ToArray(), pair.Second.Bytes.ToArray()));
        Assert.Equal(Count, _peer.Bundles.Sum());
        Assert.True(_peer.Bundles.Count <= 6, $"{_peer.Bundles.Count} requests");
        Assert.All(_peer.Bundles, names => Assert.True(names <= PeerProtocol.MostBundled));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_the_peer_does_not_have_is_missing_and_the_rest_comes()
    {
        var absent = new MemoryBlob(BytesContent.Of("absent").Blob());
        var here = new MemoryBlob(Files[0].Blob());
        var (one, other) = (ReadAsync(absent), ReadAsync(here));

        Assert.Equal(SourceFault.Missing, (await Assert.ThrowsAsync<SourceException>(() => one)).Fault);
        await other;
        Assert.False(_bundles.HasFailed(_peer.Address));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_peer_that_falls_silent_has_failed_for_all_that_waited_and_is_not_counted_on_again()
    {
        _peer.Withheld.Add(Files[1].Sha256);
        var (came, silent) = (ReadAsync(new(Files[0].Blob())), ReadAsync(new(Files[1].Blob())));

        await came;
        Assert.Equal(SourceFault.Stalled, (await Assert.ThrowsAsync<SourceException>(() => silent)).Fault);
        Assert.True(_bundles.HasFailed(_peer.Address));
        Assert.Null(_bundles.Source(_peer.Address, Files[2].Blob()));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("another name")]
    [InlineData("another length")]
    [InlineData("broken off")]
    public async Task Who_sends_something_else_has_failed(string how)
    {
        _peer.Frame = (etag, bytes) => how switch
        {
            "another name" => TestPeer.WriteFrame(BytesContent.Of("other").Sha256, bytes),
            "another length" => TestPeer.WriteFrame(etag, bytes[1..]),
            _ => TestPeer.WriteFrame(etag, bytes)[..^1],
        };

        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(new(Files[0].Blob())));

        Assert.Equal(how is "broken off" ? SourceFault.Unreachable : SourceFault.Lied, error.Fault);
        Assert.True(_bundles.HasFailed(_peer.Address));
    }

    [Fact(Timeout = 120_000)]
    public async Task One_that_is_cancelled_does_not_disturb_the_others()
    {
        _peer.Withheld.Add(Files[1].Sha256);
        using var cancel = new CancellationTokenSource();
        var (gone, came) = (ReadAsync(new(Files[1].Blob()), cancel.Token), ReadAsync(new(Files[0].Blob())));
        await came;

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        await ReadAsync(new(Files[2].Blob()));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_transfer_that_waits_for_a_bundle_takes_no_place_and_goes_on_upstream_when_it_does_not_come()
    {
        _peer.Withheld.Add(Files[1].Sha256);
        var limits = new TransferLimits(TimeSpan.FromSeconds(60), new(1)) { PeerRequests = new(0) };
        var upstream = new Written(Files[1]);

        await new BlobTransfer("1.bin", new MemoryBlob(Files[1].Blob()), [_bundles.Source(_peer.Address, Files[1].Blob())!, upstream], limits, new(Files[1].Blob()), _time)
            .RunAsync(Cancelled);

        Assert.Equal(1, upstream.Reads);
        Assert.Equal(1, limits.Connections.CurrentCount);
    }

    Task ReadAsync(MemoryBlob target, CancellationToken? cancellationToken = null) =>
        _bundles.Source(_peer.Address, target.Blob)!.ReadAsync(ByteRange.Whole(target.Blob.Size), new Into(target), cancellationToken ?? Cancelled);

    sealed class Into(MemoryBlob target) : IRangeSink
    {
        public bool Write(long offset, ReadOnlySpan<byte> bytes) => target.Write(offset, bytes) >= 0;
    }

    sealed class Written(FileContent content) : ISource
    {
        public string Name => "upstream";

        public SourceKind Kind => SourceKind.Hub;

        public int Connections => 1;

        public int Reads { get; private set; }

        public Task ReadAsync(ByteRange range, IRangeSink sink, CancellationToken cancellationToken)
        {
            Reads++;
            sink.Write(range.Start, content.ToArray(range.Start, (int)range.Length));
            return Task.CompletedTask;
        }

        public void Forget()
        {
            // Nothing is remembered.
        }
    }
}

static class ContentBlobs
{
    public static Blob Blob(this FileContent content) => new(content.Sha256, content.Size);
}
