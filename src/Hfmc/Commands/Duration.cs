using System.Globalization;
using Hfmc.Core;

namespace Hfmc.Commands;

/// <summary>Times on the command line: <c>90</c> or <c>90s</c>, <c>5m</c>, <c>2h</c>.</summary>
static class Duration
{
    public static TimeSpan Parse(string text)
    {
        var unit = text.Length > 0 ? text[^1] : ' ';
        var (number, seconds) = unit switch
        {
            's' => (text[..^1], 1),
            'm' => (text[..^1], 60),
            'h' => (text[..^1], 3600),
            _ => (text, 1),
        };
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is >= 0 and <= 1e6
            ? TimeSpan.FromSeconds(value * seconds)
            : throw new InputException($"'{text}' is not a time: want for example 90s, 5m or 2h");
    }
}
