using Hfmc.Core.Platform;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace Hfmc.Daemon.Access;

/// <summary>
/// Lets nobody speak over the control socket but its owner, and root. The folder and the file let nobody else in either: this holds
/// though somebody changed their modes, or handed on an open socket.
/// </summary>
sealed class ControlGate(ILogger<ControlGate> logger)
{
    public ConnectionDelegate Guard(ConnectionDelegate next) => connection =>
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket && SocketUser.IsOwnOrRoot(socket))
            return next(connection);
        logger.Refused(connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } other ? SocketUser.Of(other) : null);
        return Task.CompletedTask;
    };
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused user {User} at the control socket")]
    public static partial void Refused(this ILogger<ControlGate> logger, uint? user);
}
