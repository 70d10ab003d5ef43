using System.Collections.Concurrent;
using System.Diagnostics;

namespace Hfmc.HubBench;

/// <summary>
/// An open loop: a request leaves at its time, whether or not those before it have been answered, and its latency counts from that time. So a
/// server that stalls pays for all who would have asked meanwhile.
/// </summary>
static class FixedRate
{
    // Connections and code are warm before anything counts.
    static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(Uri url, int rate, TimeSpan length)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false });
        await SendAsync(http, url, rate, WarmUp, new());
        var taken = new ConcurrentBag<double>();
        var errors = await SendAsync(http, url, rate, length, taken);
        var sorted = taken.Order().ToArray();
        Console.WriteLine(FormattableString.Invariant($"{sorted.Length}\t{errors}\t{At(sorted, 0.5):0.00}\t{At(sorted, 0.99):0.00}\t{sorted[^1]:0.00}"));
        return errors is 0 ? 0 : 1;
    }

    static async Task<int> SendAsync(HttpClient http, Uri url, int rate, TimeSpan length, ConcurrentBag<double> taken)
    {
        var (begun, all, errors) = (Stopwatch.GetTimestamp(), new List<Task>(), 0);
        for (var number = 0; number < rate * length.TotalSeconds; number++)
        {
            var due = TimeSpan.FromSeconds(number / (double)rate);
            // Timers are too coarse for it, and what is late all the same has its wait counted.
            while (due - Stopwatch.GetElapsedTime(begun) is { Ticks: > 0 } left)
                await Task.Delay(left < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : left);
            all.Add(Task.Run(async () =>
            {
                try
                {
                    using var request = new HttpRequestMessage(HttpMethod.Head, url);
                    using var answer = await http.SendAsync(request);
                    answer.EnsureSuccessStatusCode();
                }
                catch (HttpRequestException)
                {
                    Interlocked.Increment(ref errors);
                }
                taken.Add((Stopwatch.GetElapsedTime(begun) - due).TotalMilliseconds);
            }));
        }
        await Task.WhenAll(all);
        return errors;
    }

    static double At(double[] sorted, double part) => sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * part)];
}
