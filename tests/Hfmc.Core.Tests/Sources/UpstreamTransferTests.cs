using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Sources;

/// <summary>A big blob from upstreams that have a bad day.</summary>
public sealed partial class UpstreamTransferTests : IAsyncLifetime
{
    const int Size = TransferRig.Size, MiB = 1 << 20;

    // A segment a MiB, and one for what is left.
    const int RequestsForAll = Size / MiB + 1;

    readonly TransferRig _rig = new();
    FakeHub _hub = null!;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _hub = await _rig.HubAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact(Timeout = 120_000)]
    public async Task Several_ranges_of_a_big_blob_are_read_at_once()
    {
        var hang = _hub.Faults.Add(new Fault(FaultKind.HangAfter, 1000) { Side = HubSide.Cdn });

        var run = _rig.RunAsync(_hub);
        await _hub.WaitAsync(hub => hub.Requests.Count(request => request is { Side: HubSide.Cdn, Range: not null }) >= 2, Cancelled);
        _hub.Faults.Remove(hang);
        await run;

        Assert.Equal(0, _rig.Progress.Retries);
        Assert.Equal(Size, await TransferRig.ServedAsync(_hub));
        Assert.InRange(_hub.Connections(HubSide.Cdn), 2, 8);
    }

    [Fact(Timeout = 120_000)]
    public async Task More_connections_are_opened_where_each_is_shaped()
    {
        var hub = await _rig.HubAsync(new() { BytesPerSecondEach = MiB });

        await _rig.RunAsync(hub);

        Assert.InRange(hub.Connections(HubSide.Cdn), 4, 8);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(FaultKind.CloseAfter, 100_000)]
    [InlineData(FaultKind.CloseAfter, 900_000)]
    [InlineData(FaultKind.ResetAfter, 2_000_000)]
    public async Task A_source_that_always_breaks_off_after_some_bytes_still_delivers_all_of_them(FaultKind kind, int bytes)
    {
        _hub.Faults.Add(new Fault(kind, bytes) { Side = HubSide.Cdn, Times = kind is FaultKind.ResetAfter ? 2 : null });

        await _rig.RunAsync(_hub);

        Assert.InRange(await TransferRig.ServedAsync(_hub), Size, Size + Size / 2);
        Assert.True(_rig.Progress.Retries > 0);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_source_that_falls_silent_is_left_and_asked_again_for_the_rest()
    {
        await using var rig = new TransferRig { Silence = TimeSpan.FromSeconds(2) };
        var hub = await rig.HubAsync();
        hub.Faults.Add(new Fault(FaultKind.HangAfter, 700_000) { Side = HubSide.Cdn, Times = 1 });

        await rig.RunAsync(hub);

        Assert.InRange(await TransferRig.ServedAsync(hub), Size, Size + 2 * MiB);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_next_source_goes_on_where_a_silent_one_stopped()
    {
        await using var rig = new TransferRig { Silence = TimeSpan.FromSeconds(2) };
        var (first, next) = (await rig.HubAsync(), await rig.HubAsync());
        first.Faults.Add(new Fault(FaultKind.HangAfter, 700_000) { Side = HubSide.Cdn });
        first.Faults.Add(new Fault(FaultKind.Unavailable) { Side = HubSide.Hub, After = 4 });
        first.Faults.Add(new Fault(FaultKind.Unavailable) { Side = HubSide.Cdn, After = 4 });

        await rig.RunAsync(first, next);

        Assert.Equal(4 * 700_000, first.BytesServed());
        Assert.Equal(Size - 4 * 700_000, await TransferRig.ServedAsync(next, Size - 4 * 700_000));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(FaultKind.TooFewBytes, HubStyle.Official)]
    [InlineData(FaultKind.TooManyBytes, HubStyle.Official)]
    [InlineData(FaultKind.TooFewBytes, HubStyle.Direct)]
    [InlineData(FaultKind.TooManyBytes, HubStyle.Direct)]
    [InlineData(FaultKind.WrongContentRange, HubStyle.Official)]
    [InlineData(FaultKind.WrongContentRange, HubStyle.Direct)]
    [InlineData(FaultKind.WrongETag, HubStyle.Official)]
    [InlineData(FaultKind.WrongETag, HubStyle.Direct)]
    [InlineData(FaultKind.HtmlPage, HubStyle.Official)]
    [InlineData(FaultKind.RedirectLoop, HubStyle.Official)]
    [InlineData(FaultKind.NoContentLength, HubStyle.Direct)]
    [InlineData(FaultKind.Unavailable, HubStyle.Official)]
    public async Task An_answer_that_is_wrong_once_is_asked_for_again(FaultKind kind, HubStyle style)
    {
        var hub = await _rig.HubAsync(new() { Style = style });
        var fault = hub.Faults.Add(new Fault(kind, 10) { Times = 1 });

        await _rig.RunAsync(hub);

        Assert.Equal(1, fault.Strikes);
        Assert.InRange(await TransferRig.ServedAsync(hub), Size, (2 * Size) + 10);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(FaultKind.WrongContentRange)]
    [InlineData(FaultKind.WrongETag)]
    [InlineData(FaultKind.HtmlPage)]
    [InlineData(FaultKind.RedirectLoop)]
    [InlineData(FaultKind.FlippedBit)]
    public async Task A_source_that_is_always_wrong_is_left_for_the_next_one(FaultKind kind)
    {
        var right = await _rig.HubAsync();
        _hub.Faults.Add(new Fault(kind, 3_000_000));

        await _rig.RunAsync(_hub, right);

        Assert.Equal(Size, await TransferRig.ServedAsync(right));
        Assert.InRange(_hub.Requests.Count(request => request.Side is HubSide.Hub), 1, 80);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(FaultKind.WrongContentRange, FailureKind.Offline)]
    [InlineData(FaultKind.WrongETag, FailureKind.Offline)]
    [InlineData(FaultKind.FlippedBit, FailureKind.Corrupt)]
    public async Task When_all_sources_are_always_wrong_the_error_names_the_file_and_each_of_them(FaultKind kind, FailureKind failure)
    {
        var other = await _rig.HubAsync();
        _hub.Faults.Add(new Fault(kind, 3_000_000));
        other.Faults.Add(new Fault(kind, 3_000_000));

        var error = await Assert.ThrowsAnyAsync<HfmcException>(() => _rig.RunAsync(_hub, other));

        Assert.Equal(failure, error.Kind);
        Assert.Contains(TransferRig.Name, error.Message);
        Assert.Contains(_hub.Endpoint.Authority, error.Message);
        Assert.Contains(other.Endpoint.Authority, error.Message);
        Assert.Equal(0, await _rig.HeldAsync());
    }

    [Fact(Timeout = 120_000)]
    public async Task Bits_that_flip_once_are_fetched_again_from_the_same_source()
    {
        _hub.Faults.Add(new Fault(FaultKind.FlippedBit, 3_000_000) { Side = HubSide.Cdn, Times = RequestsForAll });

        await _rig.RunAsync(_hub);

        Assert.Equal(2 * Size, await TransferRig.ServedAsync(_hub, 2 * Size));
    }

    [Fact(Timeout = 120_000)]
    public async Task Wrong_bytes_of_an_earlier_run_are_blamed_on_nobody_and_what_the_upstream_sent_stays()
    {
        await _rig.HoldAsync(new(MiB, 2 * MiB), flipped: 1);

        await _rig.RunAsync(_hub);

        Assert.Equal(Size, await TransferRig.ServedAsync(_hub));
        Assert.Equal((0, Size), (_rig.Progress.From(SourceKind.Disk), _rig.Progress.From(SourceKind.Hub)));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_resumed_blob_costs_only_what_was_missing()
    {
        await _rig.HoldAsync(new(0, 3 * MiB));
        await _rig.HoldAsync(new(4 * MiB, 4 * MiB + 1000));

        await _rig.RunAsync(_hub);

        Assert.Equal(Size - 3 * MiB - 1000, await TransferRig.ServedAsync(_hub, Size - 3 * MiB - 1000));
        Assert.Equal(3 * MiB + 1000, _rig.Progress.From(SourceKind.Disk));
        Assert.Equal(_hub.BytesServed(), _rig.Progress.From(SourceKind.Hub));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_limit_is_waited_for_as_long_as_the_hub_says()
    {
        var begun = _rig.Time.GetTimestamp();
        var fault = _hub.Faults.Add(new Fault(FaultKind.TooManyRequests) { Side = HubSide.Hub, Delay = TimeSpan.FromSeconds(1), Times = 4 });

        await _rig.RunAsync(_hub);

        // The first answer ends the dealing, but four readers may have asked by then.
        Assert.InRange(fault.Strikes, 1, 4);
        Assert.True(_rig.Time.GetElapsedTime(begun) > TimeSpan.FromSeconds(0.9), "the limit was not waited for");
        Assert.Equal(Size, await TransferRig.ServedAsync(_hub));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_limit_of_the_storage_host_is_waited_for_too()
    {
        var begun = _rig.Time.GetTimestamp();
        _hub.Faults.Add(new Fault(FaultKind.TooManyRequests) { Side = HubSide.Cdn, Delay = TimeSpan.FromSeconds(1), Times = 4 });

        await _rig.RunAsync(_hub);

        Assert.True(_rig.Time.GetElapsedTime(begun) > TimeSpan.FromSeconds(0.9), "the limit was not waited for");
    }

    [Fact(Timeout = 120_000)]
    public async Task Trouble_for_ever_ends_after_the_patience_and_keeps_what_is_there()
    {
        await using var rig = new TransferRig { Limits = new(TimeSpan.FromSeconds(3), new(8)) };
        var hub = await rig.HubAsync();
        await rig.HoldAsync(new(0, 2 * MiB));
        var fault = hub.Faults.Add(new Fault(FaultKind.Unavailable) { Path = "/" });

        var error = await Assert.ThrowsAsync<OfflineException>(() => rig.RunAsync(hub));

        Assert.Contains(TransferRig.Name, error.Message);
        Assert.Contains("503", error.Message);
        Assert.Equal(2 * MiB, await rig.HeldAsync());
        Assert.InRange(fault.Strikes, 2, 60);
        hub.Faults.Clear();
        await rig.RunAsync(hub);
        Assert.Equal(Size - 2 * MiB, await TransferRig.ServedAsync(hub, Size - 2 * MiB));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(HubStyle.Official)]
    [InlineData(HubStyle.Direct)]
    public async Task An_upstream_that_ignores_ranges_gives_its_blob_about_once(HubStyle style)
    {
        var hub = await _rig.HubAsync(new() { Style = style, BytesPerSecond = 20 << 20 });
        hub.Faults.Add(FaultKind.IgnoreRange);

        await _rig.RunAsync(hub);

        // The other three readers asked too, and hung up with what the sockets held.
        Assert.InRange(await TransferRig.ServedAsync(hub), Size, Size + 4 * MiB);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_whole_body_in_the_place_of_a_range_fills_the_gaps_around_what_is_held()
    {
        await _rig.HoldAsync(new(2 * MiB, 4 * MiB));
        _hub.Faults.Add(FaultKind.IgnoreRange);

        await _rig.RunAsync(_hub);

        Assert.Equal(Size - 2 * MiB, _rig.Progress.From(SourceKind.Hub));
    }

    [Fact(Timeout = 120_000)]
    public async Task Bytes_end_up_as_one_copy_when_sources_take_turns()
    {
        var (second, third) = (await _rig.HubAsync(), await _rig.HubAsync());
        foreach (var hub in (FakeHub[])[_hub, second])
        {
            hub.Faults.Add(new Fault(FaultKind.CloseAfter, 300_000) { Side = HubSide.Cdn });
            hub.Faults.Add(new Fault(FaultKind.Unavailable) { Side = HubSide.Hub, After = 4 });
            hub.Faults.Add(new Fault(FaultKind.ExpiredLink) { Side = HubSide.Cdn, After = 4 });
        }

        await _rig.RunAsync(_hub, second, third);

        Assert.Equal(4 * 300_000, _hub.BytesServed());
        Assert.Equal(4 * 300_000, second.BytesServed());
        Assert.Equal(Size - 8 * 300_000, await TransferRig.ServedAsync(third, Size - 8 * 300_000));
    }
}
