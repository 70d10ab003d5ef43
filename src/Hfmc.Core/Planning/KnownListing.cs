using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;

namespace Hfmc.Core.Planning;

/// <summary>
/// What this cache itself knows of a repo, when that is enough: a commit never changes, so one that is here in whole needs no
/// question; a branch may have moved, so its old state serves only when nobody answers.
/// </summary>
sealed class KnownListing(RepoFolder repo, RepoRecords records, TimeProvider time)
{
    /// <summary>Null unless a full or short commit was asked for and all its wanted files are here.</summary>
    public RepoListing? ForCommit(AddRequest request) =>
        repo.ResolveRef(request.Revision) is { } commit && commit.Text.StartsWith(request.Revision.Text, StringComparison.Ordinal)
            ? Complete(request, commit)
            : null;

    /// <summary>Null unless the revision is known here and all its wanted files are.</summary>
    public RepoListing? ForRef(AddRequest request) => repo.ResolveRef(request.Revision) is { } commit && Complete(request, commit) is { } listing
        ? listing with { Age = AgeOf(request.Revision) }
        : null;

    // An add that found the ref unchanged has written it again. A date of the future is none.
    TimeSpan? AgeOf(Revision revision) =>
        repo.RefWritten(revision) is { } at && time.GetUtcNow() - at is var age && age > -SteadyTime.Moment ? age < TimeSpan.Zero ? TimeSpan.Zero : age : null;

    RepoListing? Complete(AddRequest request, CommitId commit)
    {
        var record = records.Read(request.Repo, commit);
        var found = record is null ? FoundSnapshot.Of(repo, commit) : null;
        if ((record?.ToSnapshot() ?? (found is null ? null : new Snapshot(request.Repo, commit, found.Files))) is not { } snapshot)
            return null;
        // A listing of some files says of these whether they are here, and nothing of the others.
        if (!snapshot.Answers(request.Files))
            return null;
        var plan = Planner.Plan(snapshot, request with { Force = false }, file => repo.FindFile(commit, file.Path)?.Size == file.Size);
        return plan.Missing.Count is 0 ? new(snapshot, record?.Public is not null, ListingOrigin.Cache, []) { IsList = found?.IsList ?? true } : null;
    }
}
