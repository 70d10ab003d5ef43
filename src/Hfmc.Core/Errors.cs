namespace Hfmc.Core;

/// <summary>What the user can do about a failure; each kind has one exit code (docs/command-line.md).</summary>
public enum FailureKind
{
    /// <summary>A defect, or a daemon that could not start.</summary>
    Unexpected,

    /// <summary>Wrong usage or setting.</summary>
    Input,

    /// <summary>No such repo, revision, file, or no daemon running.</summary>
    NotFound,

    /// <summary>Login needed, gated, or a bad token.</summary>
    Denied,

    /// <summary>No source could deliver.</summary>
    Offline,

    /// <summary>Content did not match its digest, and no source is left.</summary>
    Corrupt,

    /// <summary>The disk is full, read-only, forbidden or gone.</summary>
    Disk,
}

/// <summary>A failure with one sentence for the user: what failed, why, and what to do.</summary>
public class HfmcException(FailureKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    public FailureKind Kind { get; } = kind;
}

/// <summary>What the user typed or configured cannot be meant.</summary>
public sealed class InputException(string message, Exception? inner = null) : HfmcException(FailureKind.Input, message, inner);

/// <summary>The repo, revision, file or daemon that was named is not there.</summary>
public sealed class NotFoundException(string message, Exception? inner = null) : HfmcException(FailureKind.NotFound, message, inner);

/// <summary>It is there, but not for this caller.</summary>
public sealed class DeniedException(string message, Exception? inner = null) : HfmcException(FailureKind.Denied, message, inner);

/// <summary>Nobody who could deliver it answers.</summary>
public sealed class OfflineException(string message, Exception? inner = null) : HfmcException(FailureKind.Offline, message, inner)
{
    /// <summary>Why none does, without advice; null where the message says it all.</summary>
    public string? Cause { get; init; }
}

/// <summary>Bytes whose digest is not the one they are named by.</summary>
public sealed class CorruptException(string message, Exception? inner = null) : HfmcException(FailureKind.Corrupt, message, inner);

/// <summary>The disk failed, not the network: both are IOException in .NET, so the store wraps its own.</summary>
public sealed class DiskException(string message, Exception? inner = null) : HfmcException(FailureKind.Disk, message, inner);
