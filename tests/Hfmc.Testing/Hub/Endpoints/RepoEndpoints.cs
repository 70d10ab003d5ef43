using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace Hfmc.Testing;

/// <summary>The API about one repo: info, tree, refs, commits and what goes with them.</summary>
sealed class RepoEndpoints(FakeHubOptions options, Func<Uri> endpoint, Func<Uri> cdn)
{
    const int LongestExpandedPage = 50;

    // What the hub shows in the place of a Xet id to callers without access.
    static readonly string Masked = new('*', 64);

    public Answer Answer(HubRequest request, FakeRepo? repo)
    {
        var (route, token) = (request.Route, request.Token);
        if (Access.RefuseListing(repo, token) is { } refusal)
            return refusal;
        if (route.Verb is "refs")
            return Testing.Answer.Json(RepoJson.Refs(repo!, request.Target.Flag("include_prs")));
        if (route.Verb is "auth-check")
            return Access.RefuseBytes(repo, token) ?? new Answer(HttpStatusCode.OK);
        if (repo!.Find(route.Revision ?? "HEAD") is not { } commit)
            return route.Verb is "info" ? Info(request, repo, null) : Refusals.NoSuchRevision(route.Revision ?? "HEAD");

        return route.Verb switch
        {
            "info" or "revision" => Info(request, repo, commit),
            "tree" => Tree(request, repo, commit),
            "paths-info" => PathsInfo(request, repo, commit),
            "commits" => Pages.Of(repo.History(commit), RepoJson.Commit, request, endpoint(), options.PageSize),
            "xet-read-token" when options.WithXet => Access.RefuseBytes(repo, token) ?? XetToken(),
            _ => Refusals.NoSuchPage,
        };
    }

    Answer Info(HubRequest request, FakeRepo repo, FakeCommit? commit)
    {
        var info = RepoJson.Info(repo, commit, request.Target.Flag("blobs"), options.WithXet);
        Lacking.Strip(options, info);
        string[] expanded = [.. request.Target.Values("expand"), .. request.Target.Values("expand[]")];
        // Then only what was named is told.
        if (expanded.Length > 0)
            foreach (var name in info.Select(member => member.Key).Except([.. expanded, "_id", "id"]).ToList())
                info.Remove(name);
        return Testing.Answer.Json(info);
    }

    Answer Tree(HubRequest request, FakeRepo repo, FakeCommit commit)
    {
        if (TreeListing.Below(commit, request.Route.Path, request.Target.Flag("recursive")) is not { } items)
            return Refusals.NoSuchEntry(commit);
        var expand = request.Target.Flag("expand");
        return Pages.Of(items, item => TreeListing.Json(item, commit, expand, XetIds(repo, request.Token)), request, endpoint(),
            expand ? Math.Min(options.PageSize, LongestExpandedPage) : options.PageSize);
    }

    Answer PathsInfo(HubRequest request, FakeRepo repo, FakeCommit commit)
    {
        var (paths, expand) = AskedPaths(request);
        var found = paths.Select(path => TreeListing.Find(commit, path)).OfType<TreeListing.Item>();
        return Testing.Answer.Json(new JsonArray([.. found.Select(item => TreeListing.Json(item, commit, expand, XetIds(repo, request.Token)))]));
    }

    // Python sends a form, JavaScript sends JSON.
    static (IEnumerable<string> Paths, bool Expand) AskedPaths(HubRequest request)
    {
        if (request.Body.TrimStart().StartsWith('{') && JsonNode.Parse(request.Body) is JsonObject json)
            return ((json["paths"] as JsonArray ?? []).Select(path => path!.GetValue<string>()), json["expand"]?.GetValue<bool>() is true);
        var form = QueryHelpers.ParseQuery(request.Body);
        var expand = form.TryGetValue("expand", out var text) && string.Equals(text, "true", StringComparison.OrdinalIgnoreCase);
        return (form.TryGetValue("paths", out var paths) ? paths.OfType<string>() : [], expand);
    }

    Func<FakeFile, string?> XetIds(FakeRepo repo, string? token) =>
        file => !options.WithXet || !file.IsLfs ? null : repo.Gated && !repo.Allows(token) ? Masked : file.XetId;

    Answer XetToken()
    {
        var (expires, store) = ((options.Time.GetUtcNow() + options.LinkLifetime).ToUnixTimeSeconds(), cdn().AbsoluteUri.TrimEnd('/'));
        return Testing.Answer.Json(new JsonObject { ["accessToken"] = "xet_fake", ["exp"] = expires, ["casUrl"] = store })
            .With("X-Xet-Access-Token", "xet_fake").With("X-Xet-Token-Expiration", $"{expires}").With("X-Xet-Cas-Url", store);
    }
}
