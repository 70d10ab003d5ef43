namespace Hfmc.Core.Transfers;

/// <summary>What a source did wrong, and so whether it is asked again.</summary>
public enum SourceFault
{
    /// <summary>Not reached, or the connection broke: asked again after a rest.</summary>
    Unreachable,

    /// <summary>Nothing listens there, there is no way to it, or no such name: known at once. A lookup ends soon, a transfer waits for it.</summary>
    Away,

    /// <summary>The way to it is barred (a proxy's login, a certificate, a page in place of an answer), and waiting does not heal it.</summary>
    Blocked,

    /// <summary>No byte for too long: asked again after a rest.</summary>
    Stalled,

    /// <summary>Overloaded or limiting us: asked again when it says.</summary>
    Busy,

    /// <summary>It does not have the blob.</summary>
    Missing,

    /// <summary>It has it, but not for us: login, gate or private.</summary>
    Denied,

    /// <summary>What it says contradicts what is known (size, range, etag): asked once more, then left out.</summary>
    Lied,

    /// <summary>All it sent has another digest than the blob: asked once more, then left out.</summary>
    WrongBytes,

    /// <summary>It is this very daemon.</summary>
    Itself,
}

/// <summary>One source failed at one request. Other sources may still deliver.</summary>
public class SourceException(SourceFault fault, string message, TimeSpan? retryAfter = null, Exception? inner = null)
    : Exception(message, inner)
{
    public SourceFault Fault { get; } = fault;

    /// <summary>When the source said to come back, if it did.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>True when the message itself tells the user the next step.</summary>
    public bool SaysWhatToDo { get; init; }

    /// <summary>The answer was whole by its own account, and shorter than what it was to be: asking for the same again gives the same.</summary>
    public bool EndedInOrder { get; init; }

    /// <summary>True when asking again cannot help.</summary>
    public bool IsFinal => Fault is SourceFault.Missing or SourceFault.Denied or SourceFault.Itself or SourceFault.Blocked;
}
