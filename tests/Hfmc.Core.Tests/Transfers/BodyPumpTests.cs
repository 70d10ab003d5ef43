using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Transfers;

public sealed class BodyPumpTests
{
    [Fact]
    public async Task Bytes_that_came_before_a_cancel_are_kept()
    {
        var (sink, body) = (new Collected(), new Halting(300));
        using var cancel = new CancellationTokenSource();
        var copying = new BodyPump(new ManualTime(), TimeSpan.FromSeconds(10)).CopyAsync(body, "a source", 100, 1000, sink, cancel.Token);
        await body.Halted.WaitAsync(TestContext.Current.CancellationToken);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying);
        Assert.Equal((100, 300), (sink.From, sink.Count));
    }

    /// <summary>Gives so many bytes at once, and then none.</summary>
    sealed class Halting(int bytes) : MemoryStream(new byte[bytes])
    {
        readonly TaskCompletionSource _halted = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Halted => _halted.Task;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Position < Length)
                return await base.ReadAsync(buffer, cancellationToken);
            _halted.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return 0;
        }
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
