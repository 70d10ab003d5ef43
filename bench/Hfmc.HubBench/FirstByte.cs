using System.Diagnostics;

namespace Hfmc.HubBench;

/// <summary>How long the first byte of a file takes; the rest is not waited for.</summary>
static class FirstByte
{
    public static async Task<int> RunAsync(IReadOnlyList<string> urls)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        foreach (var url in urls)
        {
            var begun = Stopwatch.GetTimestamp();
            using var answer = await http.GetAsync(new Uri(url), HttpCompletionOption.ResponseHeadersRead);
            answer.EnsureSuccessStatusCode();
            await using var body = await answer.Content.ReadAsStreamAsync();
            if (await body.ReadAsync(new byte[1]) is 0)
                return 1;
            Console.WriteLine(FormattableString.Invariant($"{Stopwatch.GetElapsedTime(begun).TotalMilliseconds:0.0}"));
        }
        return 0;
    }
}
