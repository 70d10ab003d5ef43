namespace Hfmc.Output;

/// <summary>Sizes and speeds as people read them: 1000-based, as <c>hf</c> and disks count.</summary>
static class Size
{
    static readonly string[] s_units = ["B", "kB", "MB", "GB", "TB", "PB"];

    public static string Text(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        for (; value >= 999.95 && unit < s_units.Length - 1; unit++)
            value /= 1000;
        return unit is 0 ? $"{bytes} B" : $"{value:0.0} {s_units[unit]}";
    }

    /// <summary><c>1 file</c>, <c>2 files</c>.</summary>
    public static string Count(int number, string noun) => number is 1 ? $"1 {noun}" : $"{number} {noun}s";

    public static string Speed(double bytesPerSecond) => $"{Text((long)bytesPerSecond)}/s";

    /// <summary>0:07, 12:30, 3:04:05.</summary>
    public static string Time(TimeSpan time) => time.TotalHours >= 1 ? $"{(int)time.TotalHours}:{time:mm\\:ss}" : $"{(int)time.TotalMinutes}:{time:ss}";
}
