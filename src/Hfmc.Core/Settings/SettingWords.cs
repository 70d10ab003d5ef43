using System.Net;
using System.Net.Sockets;

namespace Hfmc.Core.Settings;

/// <summary>Readers of words, for <see cref="SettingKeys"/>. Each failure is a <see cref="FormatException"/> that says what is wanted.</summary>
static class SettingWords
{
    const int LongestQuote = 120;

    /// <summary>The word in quotes, safe to print.</summary>
    public static string Quote(string word) =>
        $"'{string.Concat(word.Take(LongestQuote).Select(c => char.IsControl(c) ? '?' : c))}{(word.Length > LongestQuote ? "…" : "")}'";

    public static string Single(IReadOnlyList<string> words) => words switch
    {
        [var word] when !string.IsNullOrWhiteSpace(word) => word,
        [_, _, ..] => throw new FormatException($"takes one value, and {words.Count} are given"),
        _ => throw new FormatException("needs a value"),
    };

    public static IReadOnlyList<T> AtLeastOne<T>(IReadOnlyList<string> words, Func<string, T> read) =>
        words.Count > 0 ? Each(words, read) : throw new FormatException("needs at least one value");

    public static IReadOnlyList<T> Each<T>(IReadOnlyList<string> words, Func<string, T> read) => [.. words.Select(read).Distinct()];

    public static int WholeNumber(string word, int least, int most) =>
        int.TryParse(word, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException($"{Quote(word)} is not a number from {least} to {most}");

    public static bool Switch(string word) => word.ToLowerInvariant() switch
    {
        "on" or "true" or "yes" or "1" => true,
        "off" or "false" or "no" or "0" => false,
        _ => throw new FormatException($"{Quote(word)} is neither on nor off"),
    };

    /// <summary>True for the first word, false for the second.</summary>
    public static bool OneOf(string word, string yes, string no) =>
        string.Equals(word, yes, StringComparison.OrdinalIgnoreCase)
        || (string.Equals(word, no, StringComparison.OrdinalIgnoreCase) ? false : throw new FormatException($"{Quote(word)} is neither {yes} nor {no}"));

    /// <summary>A member of an enumeration, in lower case.</summary>
    public static T Choice<T>(string word)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
            if (string.Equals(value.ToString(), word, StringComparison.OrdinalIgnoreCase))
                return value;
        throw new FormatException($"{Quote(word)} is none of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}");
    }

    /// <summary>An IPv4 or IPv6 address. The system's parser also takes 1 for 0.0.0.1 and drops a port; this does not.</summary>
    public static IPAddress Address(string word)
    {
        var text = word is ['[', .. var inner, ']'] ? inner : word;
        return IPAddress.TryParse(text, out var address) && !text.Contains('[')
            && (address.AddressFamily is AddressFamily.InterNetworkV6 || address.ToString() == text)
            ? address
            : throw new FormatException($"{Quote(word)} is not an IP address of this machine: want for example 192.168.1.20, 0.0.0.0 or ::");
    }

    /// <summary>A host that is spoken to over https only: <c>host</c>, <c>host:port</c>, or either after <c>https://</c>.</summary>
    public static HubEndpoint SecureHost(string word)
    {
        var text = word.Contains("://", StringComparison.Ordinal) ? word : $"https://{word}";
        var isHost = text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && text.IndexOf('/', "https://".Length) < 0;
        return isHost && HubEndpoint.Parse(text) is var host
            ? host
            : throw new FormatException($"{Quote(word)} is not a host that may see the token: want an https host, for example hub.example.org");
    }
}
