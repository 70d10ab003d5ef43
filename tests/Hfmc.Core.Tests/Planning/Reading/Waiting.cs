namespace Hfmc.Core.Tests.Planning;

static class Waiting
{
    /// <summary>Completes when the condition holds.</summary>
    public static async Task HeldAsync(this TimeProvider time, Func<bool> condition, CancellationToken cancellationToken)
    {
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
    }
}
