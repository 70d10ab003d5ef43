using System.Net;
using System.Net.Sockets;

namespace Hfmc.Testing;

/// <summary>
/// Ports of this machine for programs that are told which to take. Below those that the system hands out for outgoing connections and to
/// listeners without a wish: one of these could have it first. Each is given once in a process; other test processes begin elsewhere.
/// </summary>
public static class FreePort
{
    const int First = 20_000, Count = 12_000, Apart = 997;

    static int s_last = Environment.ProcessId * Apart % Count;

    public static int Next()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref s_last) % Count);
            if (IsFree(port))
                return port;
        }
    }

    static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
