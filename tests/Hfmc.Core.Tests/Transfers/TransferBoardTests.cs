using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Transfers;

public sealed class TransferBoardTests
{
    static readonly Blob Blob = new(BytesContent.Of("x").Sha256, 1);

    readonly TransferBoard _board = new();
    readonly TaskCompletionSource<string> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _fetches;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Two_requests_for_one_blob_are_one_transfer()
    {
        var (first, second) = (JoinAsync(Cancelled), JoinAsync(Cancelled));
        Assert.Same(first.Progress, second.Progress);

        _end.SetResult("here");

        Assert.Equal(["here", "here"], await Task.WhenAll(first.Result, second.Result));
        Assert.Equal(1, _fetches);
        Assert.Empty(_board.Current);
    }

    [Fact(Timeout = 120_000)]
    public async Task Who_cancels_leaves_the_transfer_to_the_others()
    {
        using var cancel = new CancellationTokenSource();
        var (first, second) = (JoinAsync(cancel.Token), JoinAsync(Cancelled));

        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Result);
        _end.SetResult("here");

        Assert.Equal("here", await second.Result);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_last_to_cancel_ends_the_transfer_and_waits_for_its_end()
    {
        using var cancel = new CancellationTokenSource();
        var first = JoinAsync(cancel.Token);

        cancel.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.Result);
        Assert.Empty(_board.Current);
        Assert.True(_ended);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_request_whose_companion_failed_tries_with_its_own_sources()
    {
        var first = JoinAsync(Cancelled);
        var second = _board.RunAsync(Blob, _ => { }, (_, _) => Task.FromResult("mine"), Cancelled);

        _end.SetException(new OfflineException("the first one's sources are down"));

        await Assert.ThrowsAsync<OfflineException>(() => first.Result);
        Assert.Equal("mine", await second);
    }

    bool _ended;

    (Task<string> Result, BlobProgress Progress) JoinAsync(CancellationToken cancellationToken)
    {
        BlobProgress? joined = null;
        var result = _board.RunAsync(Blob, progress => joined = progress, FetchAsync, cancellationToken);
        return (result, joined!);
    }

    async Task<string> FetchAsync(BlobProgress progress, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _fetches);
        try
        {
            return await _end.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            _ended = true;
        }
    }
}
