using Hfmc.Core.Peers;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Peers;

public sealed class BundleReaderTests
{
    [Fact(Timeout = 10_000)]
    public async Task A_blob_that_drips_is_given_up()
    {
        var (time, content) = (new ManualTime(), new PatternContent(100_000, seed: 7));
        var head = new byte[BundleFrame.LongestHead];
        var length = BundleFrame.Write(head, content.Sha256, (int)content.Size);
        await using var reader = new BundleReader(
            new Dripping(time, [.. head.AsSpan(0, length), .. content.ToArray()], length), new("10.0.0.1", 9090), time, null, TestContext.Current.CancellationToken);
        var frame = await reader.NextAsync();

        var error = await Assert.ThrowsAsync<SourceException>(() => reader.CopyAsync(frame!.Value.Length, null).AsTask());

        Assert.Equal(SourceFault.Stalled, error.Fault);
        Assert.True(time.GetElapsedTime(0) < PeerProtocol.BundlePatience + TimeSpan.FromSeconds(5), "it was waited for longer than that");
    }

    /// <summary>Gives its first bytes at once, then one every four seconds.</summary>
    sealed class Dripping(ManualTime time, byte[] bytes, int atOnce) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var isFirst = Position is 0;
            if (!isFirst)
                time.Advance(TimeSpan.FromSeconds(4));
            return base.ReadAsync(buffer[..Math.Min(isFirst ? atOnce : 1, buffer.Length)], cancellationToken);
        }
    }
}
