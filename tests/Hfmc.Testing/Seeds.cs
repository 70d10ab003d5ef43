namespace Hfmc.Testing;

/// <summary>Runs a test on many random inputs. A failure names its seed; <c>HFMC_TEST_SEED</c> replays only that one.</summary>
public static class Seeds
{
    public const string Variable = "HFMC_TEST_SEED";

    public static void Run(string name, int count, Action<Random> test)
    {
        foreach (var seed in Chosen(count))
            try
            {
                test(new(seed));
            }
            catch (Exception error)
            {
                throw new SeedFailedException(name, seed, error);
            }
    }

    public static async Task RunAsync(string name, int count, Func<Random, Task> test)
    {
        foreach (var seed in Chosen(count))
            try
            {
                await test(new(seed));
            }
            catch (Exception error)
            {
                throw new SeedFailedException(name, seed, error);
            }
    }

    static IEnumerable<int> Chosen(int count) =>
        int.TryParse(Environment.GetEnvironmentVariable(Variable), out var replayed)
            ? [replayed]
            : Enumerable.Range(0, count).Select(_ => Random.Shared.Next());
}

/// <summary>A random test failed; the message tells how to repeat it.</summary>
public sealed class SeedFailedException(string name, int seed, Exception inner)
    : Exception($"{name} failed with seed {seed} (replay with {Seeds.Variable}={seed}): {inner.Message}", inner);
