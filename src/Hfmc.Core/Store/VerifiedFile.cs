using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>How a file of a snapshot compares with what it should be.</summary>
public enum VerifyResult
{
    Good,

    /// <summary>Its bytes have another digest.</summary>
    Wrong,

    /// <summary>A link leads nowhere, or a file that this program put there is gone.</summary>
    Missing,

    /// <summary>The disk did not give its bytes.</summary>
    Unreadable,

    /// <summary>A regular file of which nothing tells the digest.</summary>
    Unknown,
}

/// <summary>A file that was looked at.</summary>
/// <param name="Expected">Null only when unknown.</param>
/// <param name="Actual">The digest of its bytes, of the kind expected; null when there were none to read.</param>
/// <param name="Size">Bytes on disk; 0 when missing.</param>
public sealed record VerifiedFile(
    RepoId Repo, CommitId Commit, FilePath Path, VerifyResult Result, ETag? Expected, ETag? Actual, long Size);
