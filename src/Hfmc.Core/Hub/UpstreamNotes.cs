using System.Text.Json;
using System.Text.Json.Serialization;
using Hfmc.Core.Platform;
using Hfmc.Core.Settings;

namespace Hfmc.Core.Hub;

/// <summary>
/// What one command tells the next about upstreams that did not answer: <c>upstreams.json</c> in the run folder,
/// <c>{"https://hub.example/": {"at": UNIX_SECONDS, "why": "..."}, ...}</c>. It saves time and decides nothing: what is old, odd, of the future or cannot be
/// read counts as absent, and what cannot be written is not.
/// </summary>
public sealed class UpstreamNotes(RunFolder run, TimeProvider time)
{
    // A network comes and goes: after this long each command finds out for itself.
    static readonly TimeSpan Good = TimeSpan.FromSeconds(60);

    const int Largest = 16 << 10, Most = 16, LongestWhy = 300;

    string File => Path.Combine(run.Path, "upstreams.json");

    public void Read(UpstreamBackoff backoff)
    {
        try
        {
            var notes = JsonSerializer.Deserialize(PrivateFile.ReadText(File, Largest, DiskPlace.Run) ?? "{}", UpstreamNotesJson.Default.DictionaryStringUpstreamNote) ?? [];
            foreach (var (upstream, note) in notes.Take(Most))
                if (note is not null && time.GetUtcNow().ToUnixTimeSeconds() - note.At is >= 0 and var ago && ago <= Good.TotalSeconds && Uri.TryCreate(upstream, UriKind.Absolute, out var address))
                    backoff.Recall(address, TimeSpan.FromSeconds(ago), Plain(note.Why));
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
            .ToDictionary(failure => failure.Upstream.AbsoluteUri, UpstreamNote? (failure) => new(now - (long)failure.Ago.TotalSeconds, Plain(failure.Why)));
        try
        {
            if (notes.Count is 0 && !System.IO.File.Exists(File))
                return;
            run.Create();
            PrivateFile.Write(File, JsonSerializer.SerializeToUtf8Bytes(notes, UpstreamNotesJson.Default.DictionaryStringUpstreamNote), DiskPlace.Run);
        }
        catch (HfmcException)
        {
            // The next command asks again, then.
        }
    }

    // It is shown on a terminal.
    static string? Plain(string? why) => why is null ? null : string.Concat(why.Take(LongestWhy).Where(c => !char.IsControl(c)));
}

sealed record UpstreamNote(long At, string? Why);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Dictionary<string, UpstreamNote?>))]
sealed partial class UpstreamNotesJson : JsonSerializerContext;
