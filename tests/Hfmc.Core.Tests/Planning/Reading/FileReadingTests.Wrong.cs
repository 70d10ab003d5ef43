using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

/// <summary>What goes out when: nobody completes a wrong file.</summary>
public sealed partial class FileReadingTests
{
    [Fact(Timeout = 120_000)]
    public async Task The_end_is_held_until_the_digest_has_agreed()
    {
        var hub = await _rig.HubAsync();
        var hang = new Fault(FaultKind.HangAfter, 200_000) { Side = HubSide.Cdn, Times = 1 };
        hub.Faults.Add(hang);
        await using var reading = _rig.Readings.Open(_rig.Wanted(hub), new(Size - (1 << 20), Size), isBounded: false);

        // All is here but what hangs.
        await hang.Struck.WaitAsync(Cancelled);
        var at = (await Until(reading, Size - (1 << 20), Size - FileReading.Tail)).End;
        Assert.Equal(Size - FileReading.Tail, at);
        var next = reading.NextAsync(at, Cancelled).AsTask();
        await _rig.Rig.Time.HeldAsync(() => _rig.HeldOnDisk >= Size - (16 << 20), Cancelled);
        Assert.False(next.IsCompleted);

        hang.Release();
        Assert.Equal(Size, (await next).End);
    }

    [Fact(Timeout = 120_000)]
    public async Task Of_wrong_bytes_of_an_upstream_no_reader_completes_the_file()
    {
        var hub = await _rig.HubAsync();
        hub.Faults.Add(new Fault(FaultKind.FlippedBit, 1000));
        await using var one = _rig.OpenWhole(_rig.Wanted(hub));
        await using var two = _rig.OpenWhole(_rig.Wanted(hub));

        var ends = await Task.WhenAll(EndOf(one), EndOf(two));

        Assert.All(ends, end => Assert.InRange(end, 1, Size - FileReading.Tail));
        Assert.True(_rig.Readings.WasWrong(_rig.File.ETag));
        Assert.Null(_rig.Rig.Folder(ReadingRig.Repo).Locate(_rig.File.Blob));
    }

    [Fact(Timeout = 120_000)]
    public async Task After_wrong_bytes_the_right_ones_are_read_by_who_asks_again()
    {
        var hub = await _rig.HubAsync();
        hub.Faults.Add(new Fault(FaultKind.FlippedBit, 1000) { Side = HubSide.Cdn });
        await using (var one = _rig.OpenWhole(_rig.Wanted(hub)))
            await EndOf(one);
        await _rig.QuietAsync();
        hub.Faults.Clear();

        Assert.Equal(ReadingRig.Content.ToArray(), await ReadAgainAsync(_rig.Wanted(hub)));
    }

    [Fact(Timeout = 120_000)]
    public async Task Bytes_that_an_earlier_run_had_from_a_peer_are_shown_when_an_upstream_says_the_same()
    {
        var huge = new PatternContent(FileReading.SmallRest + (40 << 20), seed: 92);
        var hub = await _rig.HubAsync(content: huge);
        await HoldAsync(new(0, 4 << 20), flipped: 0);

        Assert.Equal(huge.ToArray(0, 1 << 20), await _rig.ReadRangeAsync(_rig.Wanted(hub), new(0, 1 << 20)));

        Assert.InRange(await ServedAsync(hub, 1 << 20), 1 << 20, 2 << 20);
    }

    [Fact(Timeout = 120_000)]
    public async Task Bytes_that_an_earlier_run_had_from_an_upstream_are_shown_at_once()
    {
        var hub = await _rig.HubAsync(content: new PatternContent(FileReading.SmallRest + (40 << 20), seed: 92));
        await _rig.ReadRangeAsync(_rig.Wanted(hub), new(0, 1 << 20));
        await _rig.QuietAsync();
        var served = await ServedAsync(hub, 1 << 20);

        await _rig.ReadRangeAsync(_rig.Wanted(), new(0, 1 << 20));

        Assert.Equal(served, hub.BytesServed());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_file_that_nobody_has_is_an_error_and_no_endless_wait()
    {
        var hub = await _rig.HubAsync();
        hub.Content.Remove(ReadingRig.Repo);

        await Assert.ThrowsAnyAsync<HfmcException>(() => _rig.ReadWholeAsync(_rig.Wanted(hub)));
        await Assert.ThrowsAnyAsync<HfmcException>(() => _rig.ReadRangeAsync(_rig.Wanted(hub), new(0, 10)));
    }

    // What the first transfer had begun to fetch anew may be as wrong: clients try more than once.
    async Task<byte[]> ReadAgainAsync(WantedFile wanted)
    {
        for (var left = 3; ; left--)
            try
            {
                return await _rig.ReadWholeAsync(wanted);
            }
            catch (ShownWrongException) when (left > 0)
            {
            }
    }

    async Task HoldAsync(ByteRange range, byte flipped)
    {
        Directory.CreateDirectory(_rig.Rig.Cache.PartialFolder);
        await using var partial = PartialBlob.TryOpen(_rig.Rig.Cache.PartialFolder, _rig.File.Blob)!;
        var bytes = _rig.Held.Find(_rig.Commit.Text)!.Find(ReadingRig.Name)!.Content.ToArray(range.Start, (int)range.Length);
        bytes[0] ^= flipped;
        partial.Write(range.Start, bytes);
    }

    static async Task<ReadyBytes> Until(FileReading reading, long at, long end)
    {
        var ready = await reading.NextAsync(at, Cancelled);
        while (ready.End < end)
            ready = await reading.NextAsync(ready.End, Cancelled);
        return ready;
    }

    // How far the reader came before he was told that it was all wrong.
    static async Task<long> EndOf(FileReading reading)
    {
        var at = 0L;
        await Assert.ThrowsAnyAsync<HfmcException>(async () =>
        {
            while (at < Size)
                at = (await reading.NextAsync(at, Cancelled)).End;
        });
        return at;
    }
}
