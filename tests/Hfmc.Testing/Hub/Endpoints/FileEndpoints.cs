using System.Globalization;
using System.Net;

namespace Hfmc.Testing;

/// <summary>Addresses of files: <c>resolve</c>, <c>raw</c>, and <c>resolve-cache</c> where small files are redirected to.</summary>
sealed class FileEndpoints(FakeHubOptions options, SignedLinks links, Func<Uri> endpoint, Func<Uri> cdn)
{
    public Answer Answer(HubRequest request, FakeRepo? repo)
    {
        var (route, token) = (request.Route, request.Token);
        if (Access.RefuseBytes(repo, token) is { } refusal)
            return refusal;
        if (repo!.Find(route.Revision!) is not { } commit)
            return Refusals.NoSuchRevision(route.Revision!);
        if (commit.Find(route.Path) is not { } file)
            return Refusals.NoSuchEntry(commit);

        return route.Verb switch
        {
            "raw" => Raw(file, commit),
            "resolve-cache" => Whole(file, commit, request),
            _ when options.Style is HubStyle.TurnsAway =>
                Testing.Answer.Redirect(HttpStatusCode.PermanentRedirect, new Uri(options.OfficialEndpoint, request.Seen.Target).AbsoluteUri),
            _ when IsKnown(file, request) => NotModified(file, commit),
            _ when options.Style is HubStyle.Direct => Whole(file, commit, request),
            _ => file.IsLfs ? ToCdn(file, commit, repo) : ToCache(file, commit, repo, request),
        };
    }

    static Answer Whole(FakeFile file, FakeCommit commit, HubRequest request) =>
        IsKnown(file, request) ? NotModified(file, commit) : Testing.Answer.Bytes(file).With("ETag", Quoted(file)).With("X-Repo-Commit", commit.Id.Text);

    static Answer Raw(FakeFile file, FakeCommit commit) =>
        new Answer(HttpStatusCode.OK, file.GitContent) { Blob = file.GitContent.GitSha1 }
            .With("Content-Type", "text/plain; charset=utf-8")
            .With("ETag", $"\"{file.Oid}\"")
            .With("X-Repo-Commit", commit.Id.Text);

    /// <summary>307, relative, and without the file's headers: those are on the answer that follows.</summary>
    static Answer ToCache(FakeFile file, FakeCommit commit, FakeRepo repo, HubRequest request)
    {
        var asked = Uri.EscapeDataString(request.Target.RawPath);
        return Testing.Answer.Redirect(HttpStatusCode.TemporaryRedirect,
            $"/api/resolve-cache/{repo.Id.ApiPath}/{commit.Id}/{Escaped(file.Name)}?{asked}=&etag={Uri.EscapeDataString(Quoted(file))}");
    }

    /// <summary>302, absolute; the content network's own answer will carry none of these headers.</summary>
    Answer ToCdn(FakeFile file, FakeCommit commit, FakeRepo repo)
    {
        var answer = Testing.Answer.Redirect(HttpStatusCode.Redirect, new Uri(cdn(), links.Sign(repo.Id, file)).AbsoluteUri)
            .With("X-Repo-Commit", commit.Id.Text)
            .With("X-Linked-Size", file.Size.ToString(CultureInfo.InvariantCulture))
            .With("X-Linked-ETag", Quoted(file))
            .With("Accept-Ranges", "bytes");
        if (!options.WithXet || file.XetId is not { } xet)
            return answer;
        var read = new Uri(endpoint(), $"/api/{repo.Id.ApiPath}/xet-read-token/{commit.Id}");
        return answer.With("X-Xet-Hash", xet)
            .With("Link", $"<{read}>; rel=\"xet-auth\", <{new Uri(cdn(), $"/v1/reconstructions/{xet}")}>; rel=\"xet-reconstruction-info\"");
    }

    static Answer NotModified(FakeFile file, FakeCommit commit) =>
        new Answer(HttpStatusCode.NotModified).With("ETag", Quoted(file)).With("X-Repo-Commit", commit.Id.Text);

    static bool IsKnown(FakeFile file, HubRequest request) =>
        request.Seen.Headers.TryGetValue("If-None-Match", out var known)
        && known.Split(',', StringSplitOptions.TrimEntries).Any(etag => etag is "*" || etag.TrimStart('W', '/') == Quoted(file));

    static string Quoted(FakeFile file) => $"\"{file.ETag}\"";

    static string Escaped(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
