using System.Buffers.Binary;
using System.Net.Sockets;

namespace Hfmc.Core.Platform;

/// <summary>Who is at the other end of a Unix socket.</summary>
public static class SocketUser
{
    // SOL_SOCKET, SO_PEERCRED, and struct ucred: pid, uid, gid of 32 bits each.
    const int Level = 1, PeerCredentials = 17, Length = 12, UserIdOffset = 4;
    const uint Root = 0;

    /// <summary>The user id that the system vouches for; null where it is not asked (not Linux) or does not say.</summary>
    public static uint? Of(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        Span<byte> credentials = stackalloc byte[Length];
        try
        {
            return socket.GetRawSocketOption(Level, PeerCredentials, credentials) is Length
                ? BinaryPrimitives.ReadUInt32LittleEndian(credentials[UserIdOffset..])
                : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>
    /// True for this user, and for root, who may do everything anyway. On Linux somebody who is not known is somebody else; elsewhere
    /// the rights of the folder that the socket is in decide alone.
    /// </summary>
    public static bool IsOwnOrRoot(Socket socket) => IsOwnOrRoot(Of(socket), PosixUser.Id);

    internal static bool IsOwnOrRoot(uint? user, uint own) => user is { } known ? known == own || known is Root : !OperatingSystem.IsLinux();
}
