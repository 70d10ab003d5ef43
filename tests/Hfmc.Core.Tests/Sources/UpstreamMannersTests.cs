using Hfmc.Core.Store;
using Hfmc.Core.Tests.Fuzz;
using Hfmc.Core.Tests.Transfers;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Sources;

/// <summary>A big blob from upstreams that answer ranges in odd ways, or pack what they send.</summary>
public sealed class UpstreamMannersTests : IAsyncLifetime
{
    const int Size = TransferRig.Size, MiB = 1 << 20;

    readonly TransferRig _rig = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    public static TheoryData<FaultKind, string?, HubStyle> Rangeless
    {
        get
        {
            var all = new TheoryData<FaultKind, string?, HubStyle>();
            foreach (var style in (HubStyle[])[HubStyle.Direct, HubStyle.Official])
            {
                all.Add(FaultKind.NoContentRange, null, style);
                all.Add(FaultKind.OddContentRange, "bytes */{size}", style);
                all.Add(FaultKind.OddContentRange, "bytes={first}-{last}", style);
                all.Add(FaultKind.OddContentRange, "items {first}-{last}/{size}", style);
                all.Add(FaultKind.RangeNotSatisfiable, null, style);
                all.Add(FaultKind.MultipartRange, null, style);
                all.Add(FaultKind.RangeAsWhole, null, style);
                all.Add(FaultKind.ShortRange, "1000", style);
                all.Add(FaultKind.Packed, "gzip", style);
            }
            return all;
        }
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Rangeless))]
    public async Task An_upstream_that_keeps_no_ranges_is_asked_for_the_whole_file_and_remembered(FaultKind kind, string? detail, HubStyle style)
    {
        var hub = await _rig.HubAsync(new() { Style = style });
        hub.Faults.Add(new Fault(kind, kind is FaultKind.ShortRange ? 1000 : 0) { Header = kind is FaultKind.ShortRange ? null : detail });

        await _rig.RunAsync(hub);
        var ranged = Ranged(hub);
        await _rig.ForgetBlobAsync();
        await _rig.RunAsync(hub);

        Assert.InRange(ranged, 1, 8);
        Assert.Equal(ranged, Ranged(hub));
    }

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Rangeless))]
    public async Task What_is_here_stays_when_the_rest_comes_with_a_whole_file(FaultKind kind, string? detail, HubStyle style)
    {
        var hub = await _rig.HubAsync(new() { Style = style });
        hub.Faults.Add(new Fault(kind, kind is FaultKind.ShortRange ? 1000 : 0) { Header = kind is FaultKind.ShortRange ? null : detail });
        await _rig.HoldAsync(new(0, 3 * MiB));
        await _rig.HoldAsync(new(4 * MiB, 4 * MiB + 1000));

        await _rig.RunAsync(hub);

        Assert.Equal(3 * MiB + 1000, _rig.Progress.From(SourceKind.Disk));
        Assert.Equal(Size - 3 * MiB - 1000, _rig.Progress.From(SourceKind.Hub));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(10)]
    [InlineData(MiB)]
    public async Task A_range_that_ends_in_order_and_too_early_every_time_is_asked_for_as_a_whole_file(long missing)
    {
        var hub = await _rig.HubAsync(new() { Style = HubStyle.Direct });
        hub.Faults.Add(new Fault(FaultKind.ShortRangeBody, missing));

        await _rig.RunAsync(hub);

        Assert.InRange(hub.Requests.Count, 2, 40);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_part_of_the_range_is_taken_and_the_rest_asked_for()
    {
        var hub = await _rig.HubAsync(new() { Style = HubStyle.Direct });
        hub.Faults.Add(new Fault(FaultKind.ShortRange, 400_000));

        await _rig.RunAsync(hub);

        Assert.All(hub.Requests, request => Assert.NotNull(request.Range));
        Assert.Equal(0, _rig.Progress.Retries);
        Assert.Equal(Size, await TransferRig.ServedAsync(hub));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("bytes {first}-{last}/*")]
    [InlineData("bytes {first}-{last}/{size}")]
    public async Task A_range_without_the_files_size_is_a_range(string said)
    {
        var hub = await _rig.HubAsync(new() { Style = HubStyle.Direct });
        hub.Faults.Add(new Fault(FaultKind.OddContentRange) { Header = said });

        await _rig.RunAsync(hub);

        Assert.All(hub.Requests, request => Assert.NotNull(request.Range));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("bytes {first}-{last}/77")]
    [InlineData("bytes 5-{last}/{size}")]
    [InlineData("bytes */77")]
    public async Task A_range_that_lies_is_refused(string said)
    {
        var hub = await _rig.HubAsync(new() { Style = HubStyle.Direct });
        hub.Faults.Add(new Fault(FaultKind.OddContentRange) { Header = said });

        var error = await Assert.ThrowsAsync<OfflineException>(() => _rig.RunAsync(hub));

        Assert.Contains("instead of", error.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("gzip", HubStyle.Direct, false)]
    [InlineData("x-gzip", HubStyle.Direct, false)]
    [InlineData("br", HubStyle.Direct, false)]
    [InlineData("deflate", HubStyle.Direct, true)]
    [InlineData("raw-deflate", HubStyle.Direct, true)]
    [InlineData("deflate, gzip", HubStyle.Direct, true)]
    [InlineData("gzip", HubStyle.Official, true)]
    public async Task A_packed_body_is_unpacked_while_it_comes(string coding, HubStyle style, bool hasNoLength)
    {
        var hub = await _rig.HubAsync(new() { Style = style });
        hub.Faults.Add(new Fault(FaultKind.Packed) { Header = coding });
        hub.Faults.Add(FaultKind.SuffixedETag);
        if (hasNoLength)
            hub.Faults.Add(FaultKind.NoContentLength);

        await _rig.RunAsync(hub);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_cannot_be_unpacked_is_the_sources_fault()
    {
        var hub = await _rig.HubAsync(new() { Style = HubStyle.Direct });
        hub.Faults.Add(new Fault(FaultKind.SaysPacked) { Header = "gzip" });

        var error = await Assert.ThrowsAsync<OfflineException>(() => _rig.RunAsync(hub));

        Assert.Contains("cannot be unpacked", error.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("aws-chunked")]
    [InlineData("identity")]
    public async Task A_coding_that_packs_nothing_is_taken_as_it_is(string coding)
    {
        var hub = await _rig.HubAsync(new() { Style = HubStyle.Direct });
        hub.Faults.Add(new Fault(FaultKind.SaysPacked) { Header = coding });

        await _rig.RunAsync(hub);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(FaultKind.IgnoreRange)]
    [InlineData(FaultKind.NoContentRange)]
    public async Task A_swarm_reads_an_upstream_without_ranges_from_end_to_end_and_once(FaultKind kind)
    {
        var hub = await _rig.HubAsync(new() { Style = HubStyle.Direct });
        hub.Faults.Add(new Fault(kind));
        await using var partial = _rig.OpenPartial();
        _rig.Progress.Live.Open(partial);

        await new BlobTransfer(TransferRig.Name, partial, [_rig.Source(hub)], _rig.Limits, _rig.Progress, _rig.Time)
            .RunAsync(new(new FakeCrowd(new(1)), null, _ => { }), TestContext.Current.CancellationToken);

        Assert.Equal(1, hub.Requests.Count(request => request.Range is null) + (kind is FaultKind.IgnoreRange ? 1 : 0));
        Assert.InRange(hub.Requests.Count, 1, 9);
    }

    [Fact(Timeout = 120_000)]
    public async Task Bytes_that_are_here_already_are_no_sign_of_life_to_a_swarm_either()
    {
        var time = new ManualTime();
        var source = new FakeSource("hub", (_, sink, _) =>
        {
            sink.Write(0, TransferRig.Content.ToArray(0, 40_000));
            throw new SourceException(SourceFault.Unreachable, "hub closed the connection too early");
        });
        await using var partial = _rig.OpenPartial();
        var progress = new BlobProgress(TransferRig.File.Blob);
        progress.Live.Open(partial);

        var run = new BlobTransfer(TransferRig.Name, partial, [source], _rig.Limits, progress, time)
            .RunAsync(new(new FakeCrowd(new(1)), null, _ => { }), TestContext.Current.CancellationToken);
        while (!run.IsCompleted)
        {
            await Task.WhenAny(run, time.WaitForTimersAsync(1, TestContext.Current.CancellationToken));
            time.Advance(TimeSpan.FromSeconds(0.2));
        }

        Assert.Contains("60 s", (await Assert.ThrowsAsync<OfflineException>(() => run)).Message, StringComparison.Ordinal);
        Assert.InRange(source.Reads, 1, 130);
    }

    static int Ranged(FakeHub hub) => hub.Requests.Count(request => request.Range is not null);
}
