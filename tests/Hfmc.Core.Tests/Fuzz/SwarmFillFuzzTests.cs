using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Tests.Transfers;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Fuzz;

/// <summary>Whatever members tell of their pieces, in whatever order, a blob that one honest source has comes in whole and right.</summary>
public sealed class SwarmFillFuzzTests
{
    const int Size = (12 << 20) + 77, Pieces = 13, Members = 4;

    static readonly PatternContent s_content = new(Size, seed: 8);

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public Task A_blob_comes_in_whole_whatever_its_crowd_tells() => Seeds.RunAsync("crowd", 8, async random =>
    {
        using var folder = new TempFolder();
        var blob = new Blob(s_content.Sha256, Size);
        await using var partial = PartialBlob.TryOpen(folder.Path, blob)!;
        var progress = new BlobProgress(blob);
        progress.Live.Open(partial);
        var crowd = new FakeCrowd(new(random.Next()));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var telling = TellAsync(crowd, random, end.Token);

        await new BlobTransfer("weights.bin", partial, [new FakeSource("hub", DeliverAsync)], new(TimeSpan.FromSeconds(60), new(8)), progress, TimeProvider.System)
            .RunAsync(new(crowd, null, _ => { }), Cancelled);

        await end.CancelAsync();
        await telling;
        Assert.Equal(s_content.ToArray(), await File.ReadAllBytesAsync(partial.Paths.Bytes, Cancelled));
    });

    static async Task TellAsync(FakeCrowd crowd, Random random, CancellationToken cancellationToken)
    {
        var members = Enumerable.Range(0, Members).Select(member => Member(member, new(random.Next()))).ToArray();
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                for (var said = random.Next(1, 20); said > 0; said--)
                {
                    var member = random.Next(Members);
                    crowd.Tell(new((ulong)(member + 1) * 0x9E3779B97F4A7C15)
                    {
                        Source = random.Next(20) is 0 ? null : members[member],
                        Held = Any(random),
                        Lost = Any(random),
                        Fetching = Any(random),
                        Dropped = Any(random),
                        IsComplete = random.Next(20) is 0,
                        IsOwner = random.Next(3) switch { 0 => true, 1 => false, _ => null },
                        IsGone = random.Next(15) is 0,
                    });
                }
                await Task.Delay(random.Next(1, 15), cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The blob is there.
        }
    }

    static int[] Any(Random random) => random.Next(3) is 0 ? [.. Enumerable.Range(0, random.Next(5)).Select(_ => random.Next(Pieces))] : [];

    // True bytes, or none: what it told of the piece may not be so.
    static FakeSource Member(int number, Random random)
    {
        var source = new FakeSource($"peer {number}", async (range, sink, cancellationToken) =>
        {
            int luck;
            lock (random)
                luck = random.Next(10);
            if (luck is 0)
                throw new SourceException(SourceFault.Missing, "not yet");
            if (luck is 1)
                throw new SourceException(SourceFault.Busy, "busy", TimeSpan.FromSeconds(int.MaxValue));
            if (luck is 2)
                await Task.Delay(Timeout.Infinite, cancellationToken);
            if (luck is 3)
                throw new SourceException(SourceFault.Unreachable, "broke off");
            if (luck is not 4)
                await DeliverAsync(range, sink, cancellationToken);
        })
        { Kind = SourceKind.Peer };
        return source;
    }

    static async Task DeliverAsync(ByteRange range, IRangeSink sink, CancellationToken cancellationToken)
    {
        const int Step = 128 << 10;
        for (var at = range.Start; at < range.End; at += Step)
        {
            await Task.Delay(1, cancellationToken);
            if (!sink.Write(at, s_content.ToArray(at, (int)Math.Min(Step, range.End - at))))
                return;
        }
    }
}
