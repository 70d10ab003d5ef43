using System.Net;
using System.Text.Json.Nodes;
using Hfmc.Core;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;

namespace Hfmc.Daemon.Tests.Whole;

/// <summary>How a model is seen: each way says what is wrong with what it shows, null when it is the whole model.</summary>
static class WaysOut
{
    const string Api = $"/api/models/{WholeModel.Name}";

    static readonly string[] s_names = ["main", "HEAD", "(commit)"];

    /// <summary>The Hub's API, each way by each name of the commit.</summary>
    public static IEnumerable<(string Name, Func<WholeModel, string?, Task<string?>> Look)> Hub =>
    [
        (Api, (model, token) => InfoAsync(model, token, Api)),
        ($"{Api}?blobs=true", (model, token) => InfoAsync(model, token, $"{Api}?blobs=true")),
        ($"{Api}/refs", RefsAsync),
        .. s_names.SelectMany(name => new (string, Func<WholeModel, string?, Task<string?>>)[]
        {
            ($"{Api}/revision/{name}", (model, token) => InfoAsync(model, token, $"{Api}/revision/{Of(model, name)}")),
            ($"{Api}/tree/{name}", (model, token) => TreeAsync(model, token, Of(model, name))),
            ($"{Api}/paths-info/{name}", (model, token) => PathsAsync(model, token, Of(model, name))),
            ($"{Api}/commits/{name}", (model, token) => CommitsAsync(model, token, Of(model, name))),
            ($"/{WholeModel.Name}/resolve/{name}", (model, token) => FilesAsync(model, token, "resolve", Of(model, name))),
            ($"/{WholeModel.Name}/raw/{name}", (model, token) => FilesAsync(model, token, "raw", Of(model, name))),
        }),
    ];

    /// <summary>What everybody on the network may ask.</summary>
    public static IEnumerable<(string Name, Func<WholeModel, string?, Task<string?>> Look)> Peer =>
    [
        .. s_names.Select(name => ($"/peer/v1/snapshot of {name}", (Func<WholeModel, string?, Task<string?>>)((model, _) => SnapshotAsync(model, Of(model, name))))),
        ("/peer/v1/blobs", (model, _) => BlobsAsync(model)),
    ];

    /// <summary>The owner's own commands, with no upstream.</summary>
    public static IEnumerable<(string Name, Func<WholeModel, Task<string?>> Look)> Commands =>
    [
        .. s_names.Select(name => ($"model add -v {name}, offline", (Func<WholeModel, Task<string?>>)(model => AddAsync(model, Of(model, name))))),
        ("model ls", model => Task.FromResult(ListAsync(model))),
        ("refs/main", model => Task.FromResult(model.Daemon.Cache.Repo(model.Repo.Id).ResolveRef(Revision.Main) == model.Commit ? null : "another commit, or none")),
        ("trees/", model => Task.FromResult(TreeListing.Read(model.Daemon.Cache.Repo(model.Repo.Id).TreeFile(model.Commit))?.Count is { } count && count != WholeModel.Files.Count ? $"{count} files" : null)),
    ];

    static string Of(WholeModel model, string name) => name is "(commit)" ? model.Commit.Text : name;

    static async Task<string?> AddAsync(WholeModel model, string revision)
    {
        try
        {
            var outcome = await model.AddAsync(revision, online: false);
            return (outcome.Commit, outcome.Files) == (model.Commit.Text, WholeModel.Files.Count) ? null : $"{outcome.Files} files of {outcome.Commit}";
        }
        catch (HfmcException failure)
        {
            return failure.Message;
        }
    }

    static string? ListAsync(WholeModel model)
    {
        var revisions = new CacheListing(model.Daemon.Cache, model.Daemon.Records).Revisions(model.Repo.Id, Revision.Main);
        return revisions is [{ Found: { Complete: not false, Files.Count: var count } }] && count == WholeModel.Files.Count
            ? null
            : string.Join("; ", revisions.Select(found => $"complete: {found.Found.Complete}, {string.Join(' ', found.Found.Files.Select(file => file.Path))}"));
    }

    static Task<string?> InfoAsync(WholeModel model, string? token, string target) => JsonAsync(model, token, target, json =>
        (string?)json["sha"] != model.Commit.Text ? "another commit" : Differ(json["siblings"]?.AsArray().Select(file => (string?)file!["rfilename"])));

    static Task<string?> RefsAsync(WholeModel model, string? token) => JsonAsync(model, token, $"{Api}/refs", json =>
        json["branches"]!.AsArray().Any(branch => (string?)branch!["name"] is "main" && (string?)branch["targetCommit"] == model.Commit.Text) ? null : json.ToJsonString());

    static Task<string?> TreeAsync(WholeModel model, string? token, string revision) => JsonAsync(model, token, $"{Api}/tree/{revision}?recursive=true", json =>
        Differ(json.AsArray().Where(entry => (string?)entry!["type"] is "file").Select(entry => (string?)entry!["path"])));

    static Task<string?> CommitsAsync(WholeModel model, string? token, string revision) => JsonAsync(model, token, $"{Api}/commits/{revision}", json =>
        (string?)json.AsArray().FirstOrDefault()?["id"] == model.Commit.Text ? null : "another commit");

    static async Task<string?> PathsAsync(WholeModel model, string? token, string revision)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{Api}/paths-info/{revision}", UriKind.Relative))
        {
            Content = new FormUrlEncodedContent(WholeModel.Files.Keys.Select(path => KeyValuePair.Create("paths", path))),
        };
        if (token is not null)
            request.Headers.Authorization = new("Bearer", token);
        using var answer = await model.Daemon.Http.SendAsync(request, WholeModel.Cancelled);
        return answer.StatusCode is HttpStatusCode.OK
            ? Differ(JsonNode.Parse(await answer.Content.ReadAsStringAsync(WholeModel.Cancelled))!.AsArray().Select(entry => (string?)entry!["path"]))
            : $"{(int)answer.StatusCode}";
    }

    static async Task<string?> FilesAsync(WholeModel model, string? token, string how, string revision)
    {
        foreach (var (path, content) in WholeModel.Files.Where(file => how is "resolve" || file.Value.Size < 1000))
        {
            var answer = await model.AskAsync($"/{WholeModel.Name}/{how}/{revision}/{path}", token);
            if (answer.Status is not HttpStatusCode.OK)
                return $"{path}: {(int)answer.Status} {answer["X-Error-Message"]}";
            if (!answer.Body.AsSpan().SequenceEqual(content.ToArray()) || answer["X-Repo-Commit"] != model.Commit.Text)
                return $"{path}: other bytes, or another commit";
        }
        return null;
    }

    static Task<string?> SnapshotAsync(WholeModel model, string revision) => JsonAsync(model, null, $"/peer/v1/snapshot?repo=models%2F{Uri.EscapeDataString(WholeModel.Name)}&revision={revision}", json =>
        json["files"]!.AsArray().FirstOrDefault(file => !(bool)file!["held"]!) is { } lacking ? $"{lacking["path"]} is not held"
        : (string?)json["commit"] != model.Commit.Text ? "another commit" : Differ(json["files"]!.AsArray().Select(file => (string?)file!["path"])));

    static async Task<string?> BlobsAsync(WholeModel model)
    {
        foreach (var file in model.Repo.Find("main")!.Files)
            if ((await model.AskAsync($"/peer/v1/blobs/{file.ETag}")).Status is var status && status is not HttpStatusCode.OK)
                return $"{file.Path}: {(int)status}";
        return null;
    }

    static async Task<string?> JsonAsync(WholeModel model, string? token, string target, Func<JsonNode, string?> wrong)
    {
        var answer = await model.AskAsync(target, token);
        return answer.Status is HttpStatusCode.OK ? wrong(JsonNode.Parse(answer.Body)!) : $"{(int)answer.Status} {answer["X-Error-Message"]}";
    }

    static string? Differ(IEnumerable<string?>? paths) =>
        paths?.Order(StringComparer.Ordinal).ToList() is { } found && found.SequenceEqual(WholeModel.Files.Keys.Order(StringComparer.Ordinal)) ? null : $"files: {string.Join(' ', paths ?? [])}";
}
