using System.Net;
using Hfmc.Core.Settings;
using Microsoft.AspNetCore.Connections;

namespace Hfmc.Daemon.Access;

/// <summary>Counts the connections of the port, and closes those that are too many, or say nothing for too long.</summary>
sealed class ConnectionGate(NetworkSwitch networks, TimeProvider time)
{
    /// <summary>How long a new connection may be without its first byte.</summary>
    public static readonly TimeSpan FirstWord = TimeSpan.FromSeconds(10);

    readonly OpenConnections _open = new();

    public ConnectionDelegate Guard(ConnectionDelegate next) => connection => ServeAsync(next, connection);

    async Task ServeAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        if (connection.RemoteEndPoint is not IPEndPoint remote)
            return;
        using var place = _open.Enter(remote.Address, !networks.Current.Welcomes(remote.Address),
            leave: () => connection.Abort(new ConnectionAbortedException("its place was given to somebody with fewer connections")));
        if (place is not null && await SpeaksAsync(connection))
            await next(connection);
    }

    // Until then Kestrel would wait for as long as for the next request of one that has been served.
    async Task<bool> SpeaksAsync(ConnectionContext connection)
    {
        using var late = new CancellationTokenSource(FirstWord, time);
        try
        {
            var read = await connection.Transport.Input.ReadAsync(late.Token);
            // Not looked at: who serves the connection reads them again at once.
            connection.Transport.Input.AdvanceTo(read.Buffer.Start);
            return !read.Buffer.IsEmpty;
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            return false;
        }
    }
}
