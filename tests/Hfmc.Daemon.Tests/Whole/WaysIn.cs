using System.Text.Json.Nodes;
using Hfmc.Core.Hub;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Whole;

/// <summary>How a whole model comes into the cache.</summary>
static class WaysIn
{
    /// <summary>Through an upstream, by whose word it is public.</summary>
    public static readonly IReadOnlyDictionary<string, Func<WholeModel, string?, Task>> Public = new Dictionary<string, Func<WholeModel, string?, Task>>
    {
        ["model add"] = (model, token) => model.AddAsync("main", online: true, token),
        ["model add -v HEAD"] = (model, token) => model.AddAsync("HEAD", online: true, token),
        ["Python's snapshot_download"] = SnapshotDownloadAsync,
        ["Python's hf_hub_download"] = async (model, token) => await HubDownloadAsync(model, token, "main"),
        ["a client that reads HEAD"] = async (model, token) => await HubDownloadAsync(model, token, "HEAD"),
        ["JavaScript's snapshotDownload"] = JavaScriptAsync,
        ["llama.cpp"] = LlamaAsync,
        ["Rust's hf-hub 0.5"] = RustAsync,
        ["weights first, the rest later, each by another name"] = PiecemealAsync,
    };

    public static readonly IReadOnlyDictionary<string, Func<WholeModel, Task>> NotKnownToBePublic = new Dictionary<string, Func<WholeModel, Task>>
    {
        ["Python, with its list of files"] = model => PythonAsync(model, withTree: true),
        ["Python, with no list of files"] = model => PythonAsync(model, withTree: false),
        ["a peer, by model add"] = model => FromPeerAsync(model, () => model.AddAsync("main", online: false)),
        ["a peer, through HF_ENDPOINT"] = model => FromPeerAsync(model, () => SnapshotDownloadAsync(model, null)),
    };

    // revision, tree by commit, then HEAD and GET of each file by commit.
    static async Task SnapshotDownloadAsync(WholeModel model, string? token)
    {
        var commit = (string)(await JsonAsync(model, $"/api/models/{WholeModel.Name}/revision/main", token))["sha"]!;
        var tree = (await JsonAsync(model, $"/api/models/{WholeModel.Name}/tree/{commit}?recursive=true&expand=false", token)).AsArray();
        foreach (var path in tree.Where(entry => (string?)entry!["type"] is "file").Select(entry => (string)entry!["path"]!))
            await FetchAsync(model, token, commit, path);
    }

    static async Task HubDownloadAsync(WholeModel model, string? token, string revision)
    {
        foreach (var path in WholeModel.Files.Keys)
            await FetchAsync(model, token, revision, path);
    }

    static async Task JavaScriptAsync(WholeModel model, string? token)
    {
        await JsonAsync(model, $"/api/models/{WholeModel.Name}/revision/HEAD?expand=sha", token);
        await JsonAsync(model, $"/api/models/{WholeModel.Name}/tree/main?recursive=true", token);
        foreach (var (path, content) in WholeModel.Files)
        {
            await AskAsync(model, $"/{WholeModel.Name}/resolve/main/{path}?noContentDisposition=1", token, null, ("Range", "bytes=0-0"));
            for (var at = 0L; at < content.Size; at += 1 << 20)
                await AskAsync(model, $"/{WholeModel.Name}/resolve/main/{path}", token, null, ("Range", $"bytes={at}-{Math.Min(content.Size, at + (1 << 20)) - 1}"));
        }
    }

    static async Task LlamaAsync(WholeModel model, string? token)
    {
        var refs = await JsonAsync(model, $"/api/models/{WholeModel.Name}/refs", token);
        var commit = (string)refs["branches"]!.AsArray().Single(branch => (string?)branch!["name"] is "main")!["targetCommit"]!;
        await JsonAsync(model, $"/api/models/{WholeModel.Name}/tree/{commit}?recursive=true", token);
        foreach (var path in WholeModel.Files.Keys)
            await FetchAsync(model, token, commit, path);
    }

    static async Task RustAsync(WholeModel model, string? token)
    {
        await JsonAsync(model, $"/api/models/{WholeModel.Name}/revision/main", token);
        foreach (var (path, content) in WholeModel.Files)
        {
            await AskAsync(model, $"/{WholeModel.Name}/resolve/main/{path}", token, null, ("Range", "bytes=0-0"));
            if (content.Size > 0)
                await AskAsync(model, $"/{WholeModel.Name}/resolve/main/{path}", token, null, ("Range", "bytes=0-"));
        }
    }

    static async Task PiecemealAsync(WholeModel model, string? token)
    {
        await FetchAsync(model, token, model.Commit.Text, "weights/model.bin");
        await FetchAsync(model, token, "main", "config.json");
        await FetchAsync(model, token, model.Commit.Text, "copy/config.json");
    }

    static async Task PythonAsync(WholeModel model, bool withTree)
    {
        var folder = model.Daemon.Cache.Repo(model.Repo.Id);
        var writer = new SnapshotWriter(model.Daemon.Cache, model.Repo.Id);
        writer.Prepare();
        var files = model.Repo.Find("main")!.Files;
        foreach (var file in files)
        {
            await File.WriteAllBytesAsync(folder.BlobFile(file.ETag), file.Content.ToArray());
            writer.Link(model.Commit, file.Path, file.ETag);
        }
        writer.WriteRef(Revision.Main, model.Commit);
        if (withTree)
            writer.WriteTree(new(model.Repo.Id, model.Commit, [.. files.Select(file => file.AsRepoFile())]));
        model.IsForeign = true;
        await model.GoOfflineAsync();
    }

    static async Task FromPeerAsync(WholeModel model, Func<Task> fetch)
    {
        await using var peer = (await TestPeer.StartAsync(WholeModel.Cancelled)).Share(model.Repo, model.Commit, "main");
        model.Daemon.Know(peer);
        await model.GoOfflineAsync();
        await fetch();
    }

    // As clients do: HEAD, then all of it.
    static async Task FetchAsync(WholeModel model, string? token, string revision, string path)
    {
        var target = $"/{WholeModel.Name}/resolve/{revision}/{path}";
        await AskAsync(model, target, token, HttpMethod.Head);
        Assert.Equal(WholeModel.Files[path].ToArray(), (await AskAsync(model, target, token)).Body);
    }

    static async Task<JsonNode> JsonAsync(WholeModel model, string target, string? token) => JsonNode.Parse((await AskAsync(model, target, token)).Body)!;

    static async Task<Hub.Sent> AskAsync(WholeModel model, string target, string? token, HttpMethod? method = null, params (string, string)[] headers)
    {
        var answer = await model.AskAsync(target, token, method, headers);
        Assert.True((int)answer.Status is >= 200 and < 300, $"{method ?? HttpMethod.Get} {target}: {(int)answer.Status} {answer["X-Error-Message"]}");
        return answer;
    }
}
