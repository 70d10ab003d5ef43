namespace Hfmc.Core.Settings;

/// <summary>What goes between this node and its peers over TLS. Programs of this machine that use the daemon as a Hub are free to use it or not.</summary>
public enum TlsChoice
{
    /// <summary>Nothing: this node shares and takes only what is public.</summary>
    Off,

    /// <summary>What is not public, and what proves who somebody is; the rest goes in the clear, which costs less.</summary>
    Restricted,

    /// <summary>Everything.</summary>
    Always,
}
