using System.Runtime.InteropServices;

namespace Hfmc.Core.Platform;

/// <summary>The user this process acts as.</summary>
static partial class PosixUser
{
    /// <summary>The effective user id; 0 on Windows, which has none.</summary>
    public static uint Id => OperatingSystem.IsWindows() ? 0 : GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();
}
