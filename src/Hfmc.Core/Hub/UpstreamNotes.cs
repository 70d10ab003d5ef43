using System.Text.Json;
using System.Text.Json.Serialization;
using Hfmc.Core.Platform;
using Hfmc.Core.Settings;

namespace Hfmc.Core.Hub;

/// <summary>
/// What one command tells the next about upstreams that did not answer: <c>upstreams.json</c> in the run folder,
/// <c>{"https://hub.example/": UNIX_SECONDS, ...}</c>. It saves time and decides nothing: what is old, odd, of the future or cannot be
/// read counts as absent, and what cannot be written is not.
/// </summary>
public sealed class UpstreamNotes(RunFolder run, TimeProvider time)
{
    // A network comes and goes: after this long each command finds out for itself.
    static readonly TimeSpan Good = TimeSpan.FromSeconds(60);

    const int Largest = 16 << 10, Most = 16;

    string File => Path.Combine(run.Path, "upstreams.json");

    public void Read(UpstreamBackoff backoff)
    {
        try
        {
            var notes = JsonSerializer.Deserialize(PrivateFile.ReadText(File, Largest) ?? "{}", UpstreamNotesJson.Default.DictionaryStringInt64) ?? [];
            foreach (var (upstream, at) in notes.Take(Most))
                if (time.GetUtcNow().ToUnixTimeSeconds() - at is >= 0 and var ago && ago <= Good.TotalSeconds && Uri.TryCreate(upstream, UriKind.Absolute, out var address))
                    backoff.Recall(address, TimeSpan.FromSeconds(ago));
        }
        catch (Exception error) when (error is JsonException or HfmcException)
        {
            // Absent.
        }
    }

    public void Write(UpstreamBackoff backoff)
    {
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var notes = backoff.Failures.Where(failure => failure.Ago <= Good).Take(Most)
            .ToDictionary(failure => failure.Upstream.AbsoluteUri, failure => now - (long)failure.Ago.TotalSeconds);
        try
        {
            if (notes.Count is 0 && !System.IO.File.Exists(File))
                return;
            run.Create();
            PrivateFile.Write(File, JsonSerializer.SerializeToUtf8Bytes(notes, UpstreamNotesJson.Default.DictionaryStringInt64));
        }
        catch (HfmcException)
        {
            // The next command asks again, then.
        }
    }
}

[JsonSerializable(typeof(Dictionary<string, long>))]
sealed partial class UpstreamNotesJson : JsonSerializerContext;
