using Hfmc.Core.Hashing;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Transfers;

/// <summary>The rules of one transfer, with sources that do what they are told; a small blob in memory.</summary>
public sealed class BlobTransferTests
{
    const int Size = 100_000;

    static readonly PatternContent Content = new(Size, seed: 5);

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task The_next_source_goes_on_from_the_byte_where_the_first_stopped()
    {
        var first = new FakeSource("first", (range, sink, _) =>
        {
            sink.Write(range.Start, Content.ToArray(range.Start, 60_000));
            throw new SourceException(SourceFault.Missing, "first is gone");
        });
        ByteRange? asked = null;
        var second = new FakeSource("second", (range, sink, _) => Deliver(asked ??= range, sink));

        await RunAsync(new(Content.Sha256, Size), [first, second]);

        Assert.Equal(new ByteRange(60_000, Size), asked);
    }

    [Fact(Timeout = 120_000)]
    public async Task After_a_mix_that_disagrees_one_source_alone_fills_the_blob_so_that_the_right_one_is_blamed()
    {
        var half = new FakeSource("half", (range, sink, _) =>
        {
            sink.Write(0, new byte[Size / 2]);
            throw new SourceException(SourceFault.Unreachable, "half broke off");
        });
        var honest = new FakeSource("honest", (range, sink, _) => Deliver(range, sink));

        await RunAsync(new(Content.Sha256, Size), [half, honest]);

        Assert.True(honest.Reads >= 1);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_source_that_lies_is_asked_twice_and_then_left_out()
    {
        var liar = new FakeSource("liar", (range, sink, _) => Task.FromResult(sink.Write(range.Start, new byte[range.Length])));
        var honest = new FakeSource("honest", (range, sink, _) => Deliver(range, sink));

        await RunAsync(new(Content.Sha256, Size), [liar, honest]);

        Assert.Equal((2, 1), (liar.Reads, honest.Reads));
        Assert.True(liar.Forgotten >= 2);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_empty_blob_needs_no_source() => await RunAsync(new(new BytesContent([]).GitSha1, 0), []);

    [Fact(Timeout = 120_000)]
    public async Task An_empty_blob_with_the_name_of_another_is_corrupt_and_not_tried_for_ever()
    {
        var source = new FakeSource("hub");

        var error = await Assert.ThrowsAsync<CorruptException>(() => RunAsync(new(Content.Sha256, 0), [source]));

        Assert.Contains("file.bin", error.Message);
        Assert.Equal(0, source.Reads);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_any_source_the_error_says_so() =>
        Assert.Contains("no source has it", (await Assert.ThrowsAsync<OfflineException>(() => RunAsync(new(Content.Sha256, Size), []))).Message);

    [Theory(Timeout = 120_000)]
    [InlineData(SourceFault.Missing, FailureKind.NotFound)]
    [InlineData(SourceFault.Denied, FailureKind.Denied)]
    [InlineData(SourceFault.WrongBytes, FailureKind.Corrupt)]
    [InlineData(SourceFault.Lied, FailureKind.Offline)]
    [InlineData(SourceFault.Itself, FailureKind.Offline)]
    public async Task The_last_failure_decides_what_the_user_is_told(SourceFault fault, FailureKind kind)
    {
        var source = new FakeSource("hub", (_, _, _) => throw new SourceException(fault, "hub said no"));

        var error = await Assert.ThrowsAnyAsync<HfmcException>(() => RunAsync(new(Content.Sha256, Size), [source]));

        Assert.Equal(kind, error.Kind);
        Assert.Contains("hub said no", error.Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task Cancelling_ends_a_wait_for_a_resting_source()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var time = new ManualTime();
        var source = new FakeSource("hub", (_, _, _) => throw new SourceException(SourceFault.Unreachable, "down"));
        var run = RunAsync(new(Content.Sha256, Size), [source], time, cancel.Token);
        await time.WaitForTimersAsync(1, Cancelled);

        cancel.Cancel();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact(Timeout = 120_000)]
    public async Task Silence_longer_than_the_patience_is_the_end()
    {
        var time = new ManualTime();
        var source = new FakeSource("hub", (_, _, _) => throw new SourceException(SourceFault.Stalled, "hub sent nothing"));

        var run = RunAsync(new(Content.Sha256, Size), [source], time, Cancelled);
        while (!run.IsCompleted)
        {
            await Task.WhenAny(run, time.WaitForTimersAsync(1, Cancelled));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Contains("60 s", (await Assert.ThrowsAsync<OfflineException>(() => run)).Message);
        Assert.InRange(source.Reads, 1, 16);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(40_000)]
    [InlineData(20)]
    public async Task Bytes_that_are_here_already_are_no_sign_of_life(int length)
    {
        var time = new ManualTime();
        var source = new FakeSource("hub", (_, sink, _) =>
        {
            // It ignores ranges and ends each answer early.
            sink.Write(0, Content.ToArray(0, length));
            throw new SourceException(SourceFault.Unreachable, "hub closed the connection too early");
        });

        var run = RunAsync(new(Content.Sha256, Size), [source], time, Cancelled);
        while (!run.IsCompleted)
        {
            await Task.WhenAny(run, time.WaitForTimersAsync(1, Cancelled));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Contains("60 s", (await Assert.ThrowsAsync<OfflineException>(() => run)).Message);
        Assert.InRange(source.Reads, 1, 16);
    }

    static Task Deliver(ByteRange range, IRangeSink sink) =>
        Task.FromResult(sink.Write(range.Start, Content.ToArray(range.Start, (int)range.Length)));

    static Task RunAsync(Blob blob, IReadOnlyList<ISource> sources) => RunAsync(blob, sources, TimeProvider.System, Cancelled);

    static async Task RunAsync(Blob blob, IReadOnlyList<ISource> sources, TimeProvider time, CancellationToken cancellationToken)
    {
        var target = new MemoryBlob(blob);
        await new BlobTransfer("file.bin", target, sources, new(TimeSpan.FromSeconds(60), new(8)), new(blob), time).RunAsync(cancellationToken);
        Assert.Equal(blob.ETag, ByteDigest.Of(blob.ETag.Kind, target.Bytes.Span));
    }
}
