namespace Hfmc.Core.Settings;

/// <summary>For which files the daemon, as a Hub, says a Xet id, so that clients read them as Xet.</summary>
public enum XetChoice
{
    /// <summary>For those that the official client reads in no other way.</summary>
    Auto,

    /// <summary>For every file whose chunks are known.</summary>
    On,

    Off,
}
