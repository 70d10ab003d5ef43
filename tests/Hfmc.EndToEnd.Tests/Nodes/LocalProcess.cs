using System.Runtime.InteropServices;

namespace Hfmc.EndToEnd.Tests.Nodes;

/// <summary>Processes of this machine by their number; Linux knows what is needed here.</summary>
static partial class LocalProcess
{
    public const int Interrupt = 2, Kill = 9;

    /// <summary>False when there is no process of that number.</summary>
    public static bool Signal(int pid, int signal) => SendSignal(pid, signal) is 0;

    /// <summary>kill -9; returns when it is gone.</summary>
    public static async Task KillAsync(int pid)
    {
        Signal(pid, Kill);
        while (IsAlive(pid))
            await Task.Delay(10);
    }

    // A zombie whose parent does not look after it is as dead as can be.
    public static bool IsAlive(int pid) => Signal(pid, 0) && !Read($"/proc/{pid}/stat").Split(')')[^1].Trim().StartsWith('Z');

    /// <summary>Whether the process was started with that variable: numbers are used again, homes of tests are not.</summary>
    public static bool HasVariable(int pid, string name, string value) =>
        $"\0{Read($"/proc/{pid}/environ")}".Contains($"\0{name}={value}\0", StringComparison.Ordinal);

    static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
