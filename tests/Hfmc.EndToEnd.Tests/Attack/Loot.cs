using System.Collections.Concurrent;
using System.Text;

namespace Hfmc.EndToEnd.Tests.Attack;

/// <summary>What an attacker was given, held against what nobody may give him.</summary>
/// <param name="names">Texts that no answer of success may hold: names and ids of what is restricted.</param>
/// <param name="bytes">Some of the restricted bytes.</param>
sealed class Loot(string[] names, byte[] bytes)
{
    readonly ConcurrentDictionary<int, int> _statuses = new();
    readonly ConcurrentQueue<string> _restricted = new();
    long _answers;

    public IEnumerable<string> Restricted => _restricted;

    public long Answers => Volatile.Read(ref _answers);

    /// <summary>How many answers had which status; 0 for none.</summary>
    public IReadOnlyDictionary<int, int> Statuses => _statuses;

    /// <summary>Notes an answer to a request; returns its status, 0 when there was none.</summary>
    public int Take(byte[] request, byte[] answer)
    {
        Interlocked.Increment(ref _answers);
        var text = Encoding.Latin1.GetString(answer);
        var status = text.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && text.Length > 12 && int.TryParse(text.AsSpan(9, 3), out var parsed) ? parsed : 0;
        _statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
        // What refuses a question may repeat it.
        if (answer.AsSpan().IndexOf(bytes) >= 0 || (status / 100 is 2 && names.Any(name => text.Contains(name, StringComparison.Ordinal))))
            _restricted.Enqueue($"{Encoding.Latin1.GetString(request, 0, Math.Min(200, request.Length))} -> {text[..Math.Min(400, text.Length)]}");
        return status;
    }
}
