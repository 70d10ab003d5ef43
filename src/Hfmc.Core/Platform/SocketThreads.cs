using System.Runtime.CompilerServices;

namespace Hfmc.Core.Platform;

/// <summary>
/// The threads that the system wakes for sockets go on with the bytes themselves: to wake a second thread for each part of them, as .NET
/// does by default, cost more than the work on the bytes (docs/decisions/0017). In return, code that may wait for a disk or compute for
/// long must leave such a thread first: its other sockets would wait too.
/// </summary>
public static class SocketThreads
{
    /// <summary>Await it where code that was woken by a socket goes on to other work: the rest runs on a thread of the pool.</summary>
    public static YieldAwaitable Leave() => Task.Yield();
}
