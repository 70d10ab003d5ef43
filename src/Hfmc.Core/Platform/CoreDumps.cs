using System.Runtime.InteropServices;

namespace Hfmc.Core.Platform;

/// <summary>The memory of a process that crashes, which may hold tokens, as a file.</summary>
public static partial class CoreDumps
{
    const int CoreSize = 4; // RLIMIT_CORE, on Linux and macOS

    /// <summary>This process and those that it starts leave none. What the system refuses is left as it is.</summary>
    public static void Forbid()
    {
        if (!OperatingSystem.IsWindows())
            _ = SetLimit(CoreSize, default);
    }

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limit limit);

    // rlim_t is 64 bits wide on the systems we run on.
    readonly struct Limit
    {
        readonly ulong _soft, _hard;
    }
}
