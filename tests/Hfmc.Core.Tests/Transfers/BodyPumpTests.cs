using System.IO.Pipelines;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Transfers;

public sealed class BodyPumpTests
{
    [Fact]
    public async Task Bytes_that_came_before_a_cancel_are_kept()
    {
        var (pipe, sink, time) = (new Pipe(), new Collected(), new ManualTime());
        using var cancel = new CancellationTokenSource();
        var copying = new BodyPump(time, TimeSpan.FromSeconds(10)).CopyAsync(pipe.Reader.AsStream(), "a source", 100, 1000, sink, cancel.Token);
        await pipe.Writer.WriteAsync(new byte[300], TestContext.Current.CancellationToken);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying);
        Assert.Equal((100, 300), (sink.From, sink.Count));
    }

    sealed class Collected : IRangeSink
    {
        public long From { get; private set; } = -1;

        public int Count { get; private set; }

        public bool Write(long offset, ReadOnlySpan<byte> bytes)
        {
            From = From < 0 ? offset : From;
            Count += bytes.Length;
            return true;
        }
    }
}
