namespace Hfmc.Core.Hub;

/// <summary>A question of a client that is passed on to an upstream: what follows the upstream's address, percent-encoded, without a leading slash.</summary>
public sealed record HubQuestion(string Path)
{
    /// <summary>What is posted; null for a question without a body.</summary>
    public byte[]? Body { get; init; }

    public string? BodyType { get; init; }

    /// <summary>A yes to it has no body: a page in its place says that the question is not known.</summary>
    public bool HasNoBody { get; init; }

    /// <summary>Only the headers are wanted. A redirect to another host is then an answer: the upstream would give the file.</summary>
    public bool IsHead { get; init; }

    /// <summary>It names a commit, which never changes: a stranger's yes to it holds.</summary>
    public bool IsOfCommit { get; init; }

    /// <summary>The tag of the answer that is known already.</summary>
    public string? KnownTag { get; init; }
}
