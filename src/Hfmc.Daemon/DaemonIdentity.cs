using Hfmc.Core.Settings;

namespace Hfmc.Daemon;

/// <summary>Who this daemon is to others.</summary>
sealed record DaemonIdentity(NodeId Node, string Version, TlsChoice Tls)
{
    /// <summary>As peers say it to each other.</summary>
    public string TlsWord => Tls.ToString().ToLowerInvariant();
}
