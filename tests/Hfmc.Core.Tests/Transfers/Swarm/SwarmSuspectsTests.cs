using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Transfers.Swarm;

public sealed class SwarmSuspectsTests : IAsyncLifetime
{
    const int Size = 400_000, Border = 100_000, Spoilt = 130_000;

    // What a list of chunks would call wrong: it lies across the border.
    static readonly ByteRange s_chunk = new(90_000, 170_000);

    static readonly PatternContent s_right = new(Size);

    readonly TempFolder _folder = new();
    readonly SwarmGivers _givers = new();
    readonly SwarmMember _honest = SwarmMember.Peer("honest", 1, 1), _liar = SwarmMember.Peer("liar", 2, 1);
    PartialBlob _partial = null!;

    public ValueTask InitializeAsync()
    {
        _partial = PartialBlob.TryOpen(_folder.Path, new(s_right.Sha256, Size))!;
        var bytes = s_right.ToArray();
        bytes[Spoilt] ^= 1;
        _partial.Write(0, bytes);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _partial.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Of_two_who_gave_parts_of_a_wrong_chunk_the_one_whose_part_was_wrong_is_guilty()
    {
        _givers.Gave(_honest, new(0, Border));
        _givers.Gave(_liar, new(Border, Size));

        Assert.Equal([_liar], await GuiltyAsync());
    }

    [Fact]
    public async Task Where_two_have_sent_the_same_bytes_nobody_is_guilty()
    {
        _givers.Gave(_honest, new(0, Spoilt + 1));
        _givers.Gave(_liar, new(Border, Size));

        Assert.Empty(await GuiltyAsync());
    }

    [Fact]
    public async Task Who_gives_what_was_dropped_anew_is_not_guilty_of_what_was_there_before()
    {
        _givers.Gave(_liar, new(0, Size));

        var guilty = await GuiltyAsync(() => _givers.Gave(_honest, s_chunk));

        Assert.Equal([_liar], guilty);
        Assert.Equal([_honest], _givers.Of(s_chunk));
        Assert.Equal([_liar], _givers.Of(new(0, s_chunk.Start)));
    }

    async Task<IReadOnlySet<SwarmMember>> GuiltyAsync(Action? anew = null)
    {
        var suspects = new SwarmSuspects(_partial, _givers);
        suspects.Note([s_chunk]);
        await _partial.ForgetAsync([s_chunk]);
        _givers.Forget(s_chunk);
        anew?.Invoke();
        _partial.Write(s_chunk.Start, s_right.ToArray((int)s_chunk.Start, (int)s_chunk.Length));
        Assert.True(await _partial.AgreesAsync(TestContext.Current.CancellationToken));
        return suspects.Guilty();
    }
}
