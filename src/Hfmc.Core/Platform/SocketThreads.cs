using System.Runtime.CompilerServices;

namespace Hfmc.Core.Platform;

/// <summary>
/// Lets the thread that the system wakes for a socket go on with the bytes itself. By default .NET wakes a second thread for that, and
/// in a swarm, where bytes come from many peers in small parts, that cost more than the work on the bytes (docs/decisions/0017). In return,
/// code that may wait for a disk or compute for long must leave such a thread first: its other sockets would wait too.
/// </summary>
public static class SocketThreads
{
    // Read by .NET once, when the first socket is used (System.Net.Sockets, SocketAsyncEngine.Unix.cs).
    const string Inline = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", Count = "DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT";

    /// <summary>Each thread is woken for a share of all sockets. So many move tens of gigabits a second.</summary>
    const int Most = 8;

    /// <summary>Call it before the first socket is used. What the user has set in the environment stays. Has no effect on Windows.</summary>
    public static void ContinueInline()
    {
        SetUnlessSet(Inline, "1");
        SetUnlessSet(Count, $"{Math.Min(Environment.ProcessorCount, Most)}");
    }

    /// <summary>Await it where code that was woken by a socket goes on to other work: the rest runs on a thread of the pool.</summary>
    public static YieldAwaitable Leave() => Task.Yield();

    // Only asks whether it is there: .NET reads it, not hfmc.
    static void SetUnlessSet(string name, string value)
    {
        if (!Environment.GetEnvironmentVariables().Contains(name))
            Environment.SetEnvironmentVariable(name, value);
    }
}
