using System.Diagnostics;
using System.Globalization;

namespace Hfmc.Core.Platform;

/// <summary>When processes of this machine began: with its id, that tells one process from any other since the machine was started.</summary>
static class ProcessStart
{
    // Of what follows the name in /proc/ID/stat (proc(5)): the state, and the ticks after boot at which the process began.
    const int State = 0, StartTime = 19;

    /// <summary>
    /// Ticks after boot on Linux, seconds of the calendar elsewhere; null for a process that is gone. One that has ended and waits for its
    /// parent to notice is gone: where process 1 of a container does not look after its children, it would be there for ever.
    /// </summary>
    public static long? Of(int id) => OperatingSystem.IsLinux() ? OfStat(id) : OfSystem(id);

    static long? OfStat(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id.ToString(CultureInfo.InvariantCulture)}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return fields.Length > StartTime && fields[State] is not ("Z" or "X" or "x") && long.TryParse(fields[StartTime], NumberStyles.None, CultureInfo.InvariantCulture, out var start)
                ? start
                : null;
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return null;
        }
    }

    static long? OfSystem(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return process.StartTime.ToUniversalTime().Ticks / TimeSpan.TicksPerSecond;
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or NotSupportedException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
