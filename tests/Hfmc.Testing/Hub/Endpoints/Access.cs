namespace Hfmc.Testing;

/// <summary>Who may see what.</summary>
static class Access
{
    /// <summary>The refusal, or null when this caller may see that the repo exists.</summary>
    public static Answer? RefuseListing(FakeRepo? repo, string? token) =>
        repo is null || (repo.Private && !repo.Allows(token)) ? Refusals.NoSuchRepo(token) : null;

    /// <summary>The refusal, or null when this caller may have the bytes.</summary>
    public static Answer? RefuseBytes(FakeRepo? repo, string? token) =>
        RefuseListing(repo, token) ?? (repo!.Gated && !repo.Allows(token) ? Refusals.Gated(repo.Id, token) : null);
}
