namespace Hfmc.Core.Repos;

/// <summary>
/// What a user types or pastes for a repo: an id, or a browser address <c>https://host/owner/name[/tree|blob|resolve/REV[/...]]</c>,
/// which may name a revision. The host only says "the Hub": which upstream is asked is a setting.
/// </summary>
public readonly record struct RepoAddress(RepoId Repo, Revision? Revision)
{
    public static RepoAddress Parse(string text, RepoType type = RepoType.Model)
    {
        if (!text.StartsWith("https://", StringComparison.Ordinal) && !text.StartsWith("http://", StringComparison.Ordinal))
            return new(RepoId.Parse(text, type), null);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address))
            throw new InputException($"'{text}' is not an address: want https://huggingface.co/owner/name");

        var segments = Array.ConvertAll(address.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries), Uri.UnescapeDataString);
        var view = Array.FindIndex(segments, segment => segment is "tree" or "blob" or "resolve" or "raw");
        var repo = RepoId.Parse(string.Join('/', view < 0 ? segments : segments[..view]), type);
        return view < 0 || view + 1 >= segments.Length ? new(repo, null) : new(repo, RevisionAt(segments, view + 1));
    }

    // refs/pr/7 and refs/convert/x span three segments when the slashes were not escaped.
    static Revision RevisionAt(string[] segments, int at) =>
        Repos.Revision.Parse(segments[at] is "refs" && at + 2 < segments.Length ? string.Join('/', segments[at..(at + 3)]) : segments[at]);
}
