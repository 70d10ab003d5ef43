using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Daemon.Serving;
using Hfmc.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace Hfmc.Daemon.Tests.Serving;

/// <summary>Bytes that are promised and do not come.</summary>
public sealed class BlobRelayTests : IAsyncLifetime
{
    readonly TempFolder _folder = new();
    readonly BlobSender _sender = new(new(TimeProvider.System), "/");
    readonly Blob _blob = new(BytesContent.Of("x").Sha256, 1 << 20);
    PartialBlob _partial = null!;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _partial = PartialBlob.TryOpen(_folder.Path, _blob)!;
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _partial.DisposeAsync();
        _folder.Dispose();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_waits_in_vain_is_cut_off_and_that_is_no_error_of_the_daemon(bool hasGone)
    {
        var live = new LiveBlob(_blob, new());
        live.Open(_partial);
        live.Say([0], isOwner: true);
        using var lifetime = new Lifetime();
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        context.Request.Headers.Range = "bytes=0-9";

        var time = new ManualTime();

        var answer = new BlobRelay(_sender, time).WriteAsync(context, live);
        await time.WaitForTimersAsync(1, Cancelled);
        if (hasGone)
            lifetime.Abort();
        else
            time.Advance(TimeSpan.FromMinutes(5));
        await answer.WaitAsync(Cancelled);

        Assert.True(lifetime.RequestAborted.IsCancellationRequested);
        Assert.Equal(0, _sender.Open.Count);
    }

    [Fact(Timeout = 120_000)]
    public async Task So_many_wait_for_bytes_at_one_time_and_no_more()
    {
        var live = new LiveBlob(_blob, new());
        live.Open(_partial);
        live.Say([0], isOwner: true);
        var relay = new BlobRelay(_sender, new ManualTime());
        using var lifetime = new Lifetime();
        var waiting = Enumerable.Range(0, 256).Select(number => relay.WriteAsync(Question(number / 50, lifetime), live)).ToArray();
        Assert.DoesNotContain(waiting, answer => answer.IsCompleted);

        var refused = Question(9, lifetime);
        await relay.WriteAsync(refused, live);
        Assert.Equal(503, refused.Response.StatusCode);

        lifetime.Abort();
        await Task.WhenAll(waiting).WaitAsync(Cancelled);
        Assert.Equal(0, _sender.Open.Count);
    }

    static DefaultHttpContext Question(int asker, Lifetime lifetime)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        context.Connection.RemoteIpAddress = new([10, 0, 0, (byte)asker]);
        context.Request.Headers.Range = "bytes=0-9";
        return context;
    }

    sealed class Lifetime : IHttpRequestLifetimeFeature, IDisposable
    {
        readonly CancellationTokenSource _ended = new();

        public CancellationToken RequestAborted { get => _ended.Token; set => throw new NotSupportedException(); }

        public void Abort() => _ended.Cancel();

        public void Dispose() => _ended.Dispose();
    }
}
