using System.Globalization;

namespace Hfmc.Core.Settings;

/// <summary>Bytes a second, or <c>off</c>: no limit.</summary>
public readonly record struct ByteRate
{
    const long Least = 1000, Most = 100_000_000_000;

    // Longer numbers are no rates, and could be too large to reckon with.
    const int LongestNumber = 16;

    // The first that shows a rate in the fewest letters is the one it is shown in.
    static readonly (string Name, decimal Bytes)[] s_units =
    [
        ("GB/s", 1_000_000_000), ("MB/s", 1_000_000), ("kB/s", 1000), ("GiB/s", 1 << 30), ("MiB/s", 1 << 20), ("KiB/s", 1 << 10), ("B/s", 1),
    ];

    // Read, and shown in one of the others.
    static readonly (string Name, decimal Bytes)[] s_otherUnits = [("KB/s", 1000), ("Gbit/s", 125_000_000), ("Mbit/s", 125_000), ("kbit/s", 125), ("Kbit/s", 125)];

    ByteRate(long bytes) => BytesPerSecond = bytes;

    public static ByteRate Off => default;

    /// <summary>0 for <see cref="Off"/>.</summary>
    public long BytesPerSecond { get; }

    /// <exception cref="FormatException">It is no rate, or none that can be kept.</exception>
    public static ByteRate Parse(string word)
    {
        if (word.Equals("off", StringComparison.OrdinalIgnoreCase))
            return Off;
        var unit = Array.Find([.. s_otherUnits, .. s_units], unit => word.EndsWith(unit.Name, StringComparison.Ordinal));
        var number = unit.Name is null ? "" : word[..^unit.Name.Length].TrimEnd();
        if (number.Length is 0 or > LongestNumber || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            throw new FormatException($"{SettingWords.Quote(word)} is not a rate: want for example 50MB/s, 10MiB/s or 100Mbit/s, or off");
        var bytes = decimal.Round(value * unit.Bytes);
        return bytes is >= Least and <= Most
            ? new((long)bytes)
            : throw new FormatException($"{SettingWords.Quote(word)} is not a rate from {new ByteRate(Least)} to {new ByteRate(Most)}: want for example 50MB/s, or off");
    }

    /// <summary>As <see cref="Parse"/> reads it, in the shortest way that is exact.</summary>
    public override string ToString()
    {
        var bytes = BytesPerSecond;
        return bytes is 0 ? "off" : s_units.Select(unit => string.Create(CultureInfo.InvariantCulture, $"{bytes / unit.Bytes:0.###}") is var number
            && decimal.Parse(number, CultureInfo.InvariantCulture) * unit.Bytes == bytes ? number + unit.Name : null).OfType<string>().MinBy(text => text.Length)!;
    }
}
