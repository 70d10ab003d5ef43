using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Transfers;

public sealed class BoundedBodyTests
{
    static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5), s_pause = TimeSpan.FromSeconds(4);

    readonly ManualTime _time = new();

    [Fact(Timeout = 120_000)]
    public async Task An_answer_that_drips_is_given_up()
    {
        var reading = ReadAsync(new Pausing(_time, step: 1, length: 1000));

        await AdvanceAsync(reading);

        Assert.Equal(SourceFault.Stalled, (await Assert.ThrowsAsync<SourceException>(() => reading)).Fault);
        Assert.True(_time.GetElapsedTime(0) <= 3 * s_pause, "it was waited for longer than its few bytes were worth");
    }

    [Fact(Timeout = 120_000)]
    public async Task An_answer_over_a_slow_line_is_read_to_its_end()
    {
        var reading = ReadAsync(new Pausing(_time, step: 60_000, length: 600_000));

        await AdvanceAsync(reading);

        Assert.Equal(600_000, (await reading).Length);
    }

    async Task AdvanceAsync(Task reading)
    {
        while (!reading.IsCompleted)
        {
            // The watch, and the pause of the stream.
            await Task.WhenAny(_time.WaitForTimersAsync(2, TestContext.Current.CancellationToken), reading);
            if (!reading.IsCompleted)
                _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    Task<byte[]> ReadAsync(Stream stream)
    {
        var response = new HttpResponseMessage { Content = new StreamContent(stream) };
        return BoundedBody.ReadAsync(response, "a source", 1 << 20, s_patience, _time, TestContext.Current.CancellationToken);
    }

    /// <summary>Gives so many bytes at a time, with a pause before each.</summary>
    sealed class Pausing(TimeProvider time, int step, int length) : MemoryStream(new byte[length])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(s_pause, time, cancellationToken);
            return await base.ReadAsync(buffer[..Math.Min(step, buffer.Length)], cancellationToken);
        }
    }
}
