using Hfmc.Core.Platform;

namespace Hfmc.Core.Settings;

/// <summary>
/// Has .NET's sockets work as <see cref="SocketThreads"/> says: the thread that the system wakes for a socket goes on with the bytes itself.
/// Has no effect on Windows.
/// </summary>
public static class RuntimeSockets
{
    // Read by .NET once, when the first socket is used (System.Net.Sockets, SocketAsyncEngine.Unix.cs).
    const string Inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", Count = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>Each thread is woken for a share of all sockets. So many move tens of gigabits a second.</summary>
    const int Most = 8;

    /// <summary>Call it before the first socket is used. What the user has set in the environment stays.</summary>
    public static void ContinueInline()
    {
        var environment = ProcessEnvironment.Current();
        SetUnlessSet(environment, Inline, "1");
        SetUnlessSet(environment, Count, $"{Math.Min(Environment.ProcessorCount, Most)}");
    }

    static void SetUnlessSet(ProcessEnvironment environment, string name, string value)
    {
        if (environment.Raw(name) is null)
            Environment.SetEnvironmentVariable(name, value);
    }
}
