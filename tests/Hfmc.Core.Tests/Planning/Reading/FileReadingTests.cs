using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

/// <summary>Readers of a file that is not here: what they are sent, in which order, and what it costs.</summary>
public sealed partial class FileReadingTests : IAsyncDisposable
{
    const int Size = ReadingRig.Size;

    // What sockets hold when a request is cut, and what two requests bring at once where they meet.
    const int Slack = 3 << 20;

    readonly ReadingRig _rig = new();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    static ByteRange Whole => ByteRange.Whole(Size);

    public async ValueTask DisposeAsync()
    {
        await _rig.DisposeAsync();
    }

    // The hub's counter lags behind the last byte.
    static async Task<long> ServedAsync(FakeHub hub, long atLeast)
    {
        await hub.WaitAsync(seen => seen.BytesServed() >= atLeast, Cancelled);
        return hub.BytesServed();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_file_that_was_read_in_whole_lies_in_the_cache_as_Python_would_have_left_it()
    {
        var hub = await _rig.HubAsync();

        Assert.Equal(ReadingRig.Content.ToArray(), await _rig.ReadWholeAsync(_rig.Wanted(hub)));

        await _rig.QuietAsync();
        _rig.Rig.AssertComplete(_rig.Held, _rig.Commit, ReadingRig.Name);
        var folder = _rig.Rig.Folder(ReadingRig.Repo);
        Assert.Equal($"../../../blobs/{ReadingRig.Content.Sha256}", new FileInfo(Path.Combine(folder.SnapshotFolder(_rig.Commit), ReadingRig.Name)).LinkTarget);
        Assert.Equal(_rig.Commit, folder.ResolveRef(Revision.Main));
        Assert.InRange(await ServedAsync(hub, Size), Size, Size + Slack);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_was_read_is_recorded_as_ours_and_so_are_the_empty_files_that_make_it_whole()
    {
        var hub = await _rig.HubAsync();

        await _rig.ReadWholeAsync(_rig.Wanted(hub));
        await _rig.ReadWholeAsync(_rig.Wanted(_rig.Of("config.json"), hub));

        await _rig.Rig.Time.HeldAsync(() => Record()?.Files.Count(file => file.Ours) is 3, Cancelled);
        Assert.NotNull(Record()!.Public);
        Assert.Equal(["config.json", "empty", ReadingRig.Name], Record()!.Files.Where(file => file.Ours).Select(file => file.File.Path.Text));

        RepoRecord? Record() => _rig.Rig.Records.Read(ReadingRig.Repo, _rig.Commit);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("config.json")]
    [InlineData("empty")]
    public async Task Small_files_are_read_and_kept(string name)
    {
        var hub = await _rig.HubAsync();
        var file = _rig.Of(name);

        var bytes = await _rig.ReadWholeAsync(_rig.Wanted(file, hub));

        Assert.Equal(_rig.Held.Find(_rig.Commit.Text)!.Find(name)!.Content.ToArray(), bytes);
        await _rig.Rig.Time.HeldAsync(() => _rig.Rig.Folder(ReadingRig.Repo).FindFile(_rig.Commit, file.Path)?.Size == file.Size, Cancelled);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_hundred_readers_are_one_transfer()
    {
        var hub = await _rig.HubAsync();
        var wanted = _rig.Wanted(hub);

        var read = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => _rig.ReadWholeAsync(wanted))));

        var content = ReadingRig.Content.ToArray();
        Assert.All(read, bytes => Assert.True(content.AsSpan().SequenceEqual(bytes)));
        Assert.InRange(await ServedAsync(hub, Size), Size, Size + Slack);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_first_bytes_are_read_long_before_the_last_ones_are_there()
    {
        var hub = await _rig.HubAsync();
        hub.Faults.Add(new Fault(FaultKind.HangAfter, 300_000) { Side = HubSide.Cdn });
        await using var reading = _rig.OpenWhole(_rig.Wanted(hub));

        var ready = await reading.NextAsync(0, Cancelled);

        Assert.InRange(ready.End, 1, 300_000);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_range_in_the_middle_comes_first_while_the_rest_is_on_its_way()
    {
        var hub = await _rig.HubAsync();
        var (first, middle) = (new Fault(FaultKind.HangAfter, 300_000) { Side = HubSide.Cdn, Times = 2 }, new ByteRange(15 << 20, (15 << 20) + 500_000));
        hub.Faults.Add(first);
        await using var whole = _rig.OpenWhole(_rig.Wanted(hub));
        await whole.NextAsync(0, Cancelled);
        await _rig.Rig.Time.HeldAsync(() => first.Strikes is 2, Cancelled);

        var bytes = await _rig.ReadRangeAsync(_rig.Wanted(hub), middle);

        Assert.Equal(ReadingRig.Content.ToArray(middle.Start, (int)middle.Length), bytes);
        first.Release();
        Assert.Equal(ReadingRig.Content.ToArray(), await ReadingRig.ReadAsync(whole, Whole));
        Assert.InRange(await ServedAsync(hub, Size), Size, Size + Slack);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_reader_of_the_end_gets_it_from_where_he_stands_and_then_the_file_is_complete()
    {
        var hub = await _rig.HubAsync();
        var range = new ByteRange(20 << 20, Size);
        await using var reading = _rig.Readings.Open(_rig.Wanted(hub), range, isBounded: false);

        Assert.Equal(ReadingRig.Content.ToArray(range.Start, (int)range.Length), await ReadingRig.ReadAsync(reading, range));

        await _rig.QuietAsync();
        _rig.Rig.AssertComplete(_rig.Held, _rig.Commit, ReadingRig.Name);
        Assert.InRange(await ServedAsync(hub, Size), Size, Size + Slack);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_reader_who_leaves_does_not_stop_what_others_need()
    {
        var hub = await _rig.HubAsync();
        var hang = new Fault(FaultKind.HangAfter, 300_000) { Side = HubSide.Cdn };
        hub.Faults.Add(hang);
        var leaver = _rig.OpenWhole(_rig.Wanted(hub));
        await using var stayer = _rig.OpenWhole(_rig.Wanted(hub));
        await leaver.NextAsync(0, Cancelled);
        await stayer.NextAsync(0, Cancelled);

        await leaver.DisposeAsync();
        hub.Faults.Clear();
        hang.Release();

        Assert.Equal(ReadingRig.Content.ToArray(), await ReadingRig.ReadAsync(stayer, Whole));
        Assert.InRange(await ServedAsync(hub, Size), Size, Size + Slack);
    }

    [Fact(Timeout = 120_000)]
    public async Task Of_a_huge_file_only_the_pieces_of_a_range_are_fetched()
    {
        var huge = new PatternContent(FileReading.SmallRest + (40 << 20), seed: 92);
        var hub = await _rig.HubAsync(content: huge);
        var range = new ByteRange((20 << 20) + 1000, (21 << 20) + 1000);

        Assert.Equal(huge.ToArray(range.Start, (int)range.Length), await _rig.ReadRangeAsync(_rig.Wanted(hub), range));

        await _rig.QuietAsync();
        Assert.Equal((22 << 20) - range.Start, _rig.HeldOnDisk);
        Assert.Equal(huge.ToArray(range.Start + 10, 100), await _rig.ReadRangeAsync(_rig.Wanted(hub), new(range.Start + 10, range.Start + 110)));
        Assert.Equal((22 << 20) - range.Start, await ServedAsync(hub, (22 << 20) - range.Start));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_look_at_the_end_of_a_huge_file_does_not_wait_for_all_of_it()
    {
        var huge = new PatternContent(FileReading.SmallRest + (40 << 20), seed: 92);
        var hub = await _rig.HubAsync(content: huge);
        var range = new ByteRange(huge.Size - 1000, huge.Size);

        Assert.Equal(huge.ToArray(range.Start, 1000), await _rig.ReadRangeAsync(_rig.Wanted(hub), range));

        Assert.InRange(await ServedAsync(hub, 1000), 1000, 1 << 20);
    }
}
