using System.Text.Json;
using System.Text.Json.Serialization;
using Hfmc.Core.Platform;

namespace Hfmc.Core.Settings;

/// <summary>
/// That a source failed, and how long ago. <c>Book</c> is the version of the list that named it; null where there is none.
/// </summary>
public sealed record FailureNote(string Source, TimeSpan Ago, string? Why = null, long? Book = null);

/// <summary>
/// What one command tells the next about sources that did not answer: a small file in the run folder,
/// <c>{"https://hub.example/": {"at": UNIX_MILLISECONDS, "why": "...", "book": NUMBER}, ...}</c>. It saves time and decides nothing: what
/// is old, odd, of the future or cannot be read counts as absent, and what cannot be written is not.
/// </summary>
/// <param name="run">Where the file is.</param>
/// <param name="name">What it is called.</param>
/// <param name="most">So many notes are read and written.</param>
/// <param name="time">The clock.</param>
public sealed class FailureNotes(RunFolder run, string name, int most, TimeProvider time)
{
    // A network comes and goes: after this long each command finds out for itself.
    static readonly TimeSpan s_good = TimeSpan.FromSeconds(60);

    const int Largest = 256 << 10, LongestWhy = 300;

    string File => Path.Combine(run.Path, name);

    public IReadOnlyList<FailureNote> Read()
    {
        try
        {
            var text = PrivateFile.ReadText(File, Largest, DiskPlace.Run) ?? "{}";
            var lines = JsonSerializer.Deserialize(text, FailureNotesJson.Default.DictionaryStringFailureLine) ?? [];
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            return
            [
                .. from line in lines.Take(most)
                   where line.Value is not null && now - line.Value.At is >= 0 and var ago && ago <= s_good.TotalMilliseconds
                   let note = line.Value!
                   select new FailureNote(line.Key, TimeSpan.FromMilliseconds(now - note.At), Plain(note.Why), note.Book),
            ];
        }
        catch (Exception error) when (error is JsonException or HfmcException)
        {
            return [];
        }
    }

    public void Write(IEnumerable<FailureNote> notes)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        // Rounded to the past: a note that is carried on must not become younger each time.
        var lines = notes.Where(note => note.Ago <= s_good).Take(most)
            .ToDictionary(
                note => note.Source,
                FailureLine? (note) => new(now - (long)Math.Ceiling(note.Ago.TotalMilliseconds), Plain(note.Why), note.Book));
        try
        {
            if (lines.Count is 0 && !System.IO.File.Exists(File))
                return;
            run.Create();
            var bytes = JsonSerializer.SerializeToUtf8Bytes(lines, FailureNotesJson.Default.DictionaryStringFailureLine);
            PrivateFile.Write(File, bytes, DiskPlace.Run);
        }
        catch (HfmcException)
        {
            // The next command asks again, then.
        }
    }

    // It is shown on a terminal.
    static string? Plain(string? why) =>
        why is null ? null : string.Concat(why.Take(LongestWhy).Where(c => !char.IsControl(c)));
}

sealed record FailureLine(long At, string? Why, long? Book);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Dictionary<string, FailureLine?>))]
sealed partial class FailureNotesJson : JsonSerializerContext;
