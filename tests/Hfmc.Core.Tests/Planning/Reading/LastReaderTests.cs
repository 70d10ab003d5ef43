using Hfmc.Core.Planning;
using Hfmc.Core.Store;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

/// <summary>Nobody reads any more.</summary>
public sealed class LastReaderTests : IAsyncDisposable
{
    const int Size = ReadingRig.Size, Read = 3 << 20;

    readonly ReadingRig _rig = new();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync() => await _rig.DisposeAsync();

    [Fact(Timeout = 120_000)]
    public async Task The_transfer_stops_at_the_border_of_a_piece_and_the_next_reader_goes_on()
    {
        var hub = await _rig.HubAsync(new() { BytesPerSecond = 8 << 20 });
        var leaver = _rig.OpenWhole(_rig.Wanted(hub));
        for (var at = 0L; at < Read;)
            at = (await leaver.NextAsync(at, Cancelled)).End;

        await leaver.DisposeAsync();
        await _rig.QuietAsync();

        var held = RangeJournal.Peek(new PartialPaths(_rig.Rig.Cache.PartialFolder, _rig.File.ETag).Journal, Size);
        Assert.InRange(held.Length, Read, Size - (2 << 20));
        Assert.All(held.Ranges, range => Assert.Equal(0, range.End % (1 << 20)));
        Assert.Null(_rig.Rig.Folder(ReadingRig.Repo).Locate(_rig.File.Blob));
        Assert.Equal(ReadingRig.Content.ToArray(), await _rig.ReadWholeAsync(_rig.Wanted(hub)));
        await _rig.QuietAsync();
        Assert.Equal(Size, _rig.Rig.Engine.Board.Fetched);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_reader_who_comes_while_it_stops_finds_it_going_on()
    {
        var hub = await _rig.HubAsync(new() { BytesPerSecond = 20 << 20 });
        var leaver = _rig.OpenWhole(_rig.Wanted(hub));
        for (var at = 0L; at < Read;)
            at = (await leaver.NextAsync(at, Cancelled)).End;

        await leaver.DisposeAsync();

        Assert.Equal(ReadingRig.Content.ToArray(), await _rig.ReadWholeAsync(_rig.Wanted(hub)));
        await _rig.QuietAsync();
        Assert.Equal(Size, _rig.Rig.Engine.Board.Fetched);
    }
}
