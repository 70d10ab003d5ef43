using Hfmc.Core.Repos;
using Hfmc.Testing;

namespace Hfmc.Daemon.Tests.Hub;

/// <summary>Fills a fake hub with random repos, and asks random questions about them and about what is not there.</summary>
sealed class RandomHub(Random random)
{
    public const string Member = "hf_member", Other = "hf_other";

    static readonly string[] s_names = ["config.json", "a+b#.bin", "sub dir/ä 100%.txt", "onnx/deep/er/model.onnx", "onnx/model.onnx", "onnx.txt", "模型.bin", "x=y&z?.md", "weights.safetensors", ".gitattributes"];
    static readonly string[] s_revisions = ["main", "HEAD", "v1.0", "refs/pr/1", "refs%2Fpr%2F1", "feature%2Fx", "nope", "0123456789012345678901234567890123456789"];
    static readonly string[] s_infos = ["", "?blobs=true", "?expand=sha&expand=likes&expand=nothing", "?expand[]=likes", "?securityStatus=true", "?blobs=false"];
    static readonly string[] s_folders = ["", "/onnx", "/onnx%2Fdeep", "/onnx/deep", "/sub%20dir", "/config.json", "/none"];

    readonly List<FakeRepo> _repos = [];

    public RandomHub Fill(FakeHub hub)
    {
        hub.AddUser(Member, "member");
        hub.AddUser(Other, "other");
        foreach (var (id, type) in ((string, RepoType)[])[("acme/tiny", RepoType.Model), ("gpt2", RepoType.Model), ("acme/words_2.0", RepoType.Dataset), ("acme/demo", RepoType.Space)])
        {
            var repo = hub.Add(id, type).Allow(Member);
            (repo.Gated, repo.Private) = (random.Next(3) is 0, random.Next(3) is 0);
            var first = repo.Commit(Files());
            repo.Tag("v1.0", first).PullRequest(1, repo.Commit(Files(), "feature/x"));
            repo.Commit(Files());
            _repos.Add(repo);
        }
        _repos[0].FormerlyKnownAs("former/name");
        return this;
    }

    /// <summary>As if the public ones had been added, in some of their commits.</summary>
    public void PutInto(DaemonRig daemon)
    {
        foreach (var repo in _repos.Where(repo => !repo.Gated && !repo.Private))
            foreach (var revision in (string[])["main", "v1.0", "refs/pr/1"])
                if (random.Next(3) > 0)
                    daemon.Put(repo, repo.Find(revision)!.Id, isPublic: true, revision);
    }

    public HubAsk Ask()
    {
        var repo = Pick(_repos);
        var revision = random.Next(4) is 0 ? Pick(repo.Commits.ToList()).Id.Text : Pick(s_revisions);
        var token = Pick<string?>([null, Member, Other]);
        // .NET's client drops its token at a redirect, so a renamed repo is asked about as a stranger.
        var path = $"/api/{(random.Next(8) is 0 ? "models/acme/none" : token is null && random.Next(5) is 0 ? "models/former/name" : repo.Id.ApiPath)}";
        return random.Next(12) switch
        {
            0 => new(HttpMethod.Get, $"{path}{Pick(s_infos)}", token),
            1 or 2 => new(HttpMethod.Get, $"{path}/revision/{revision}{Pick(s_infos)}", token),
            3 or 4 or 5 => new(HttpMethod.Get, $"{path}/tree/{revision}{Pick(s_folders)}?recursive={Bool}&expand={Bool}{Pick(["", "&limit=2", "&limit=1000"])}", token),
            6 => new(HttpMethod.Post, $"{path}/paths-info/{revision}", token, Form(), "application/x-www-form-urlencoded"),
            7 => new(HttpMethod.Post, $"{path}/paths-info/{revision}", token, new System.Text.Json.Nodes.JsonObject
            {
                ["paths"] = new System.Text.Json.Nodes.JsonArray([.. Paths().Select(name => (System.Text.Json.Nodes.JsonNode)name)]),
                ["expand"] = random.Next(2) is 0,
            }.ToJsonString()),
            8 => new(HttpMethod.Get, $"{path}/{Pick(["refs", "refs?include_prs=1", "auth-check"])}", token),
            9 => new(HttpMethod.Get, $"{path}/commits/{revision}", token),
            10 => new(HttpMethod.Get, Pick(["/api/whoami-v2", "/api/models?search=TINY&limit=1", "/api/models?limit=1", "/api/datasets", "/api/agent-harnesses", "/api/spaces?search=none"]), token),
            _ => new(Pick([HttpMethod.Get, HttpMethod.Head]), $"/{repo.Id.ResolvePath}/raw/{revision}/{Escaped(Pick(["weights.safetensors", "none.bin", "sub dir/none"]))}", token),
        };
    }

    string Bool => random.Next(2) is 0 ? "true" : "false";

    Dictionary<string, byte[]> Files()
    {
        var files = s_names.Where(_ => random.Next(3) > 0).ToDictionary(name => name, _ => Bytes(random.Next(4) is 0 ? 3000 : 40));
        files["weights.safetensors"] = Bytes(2000);
        return files;
    }

    byte[] Bytes(int most)
    {
        var bytes = new byte[random.Next(most / 2, most)];
        random.NextBytes(bytes);
        return bytes;
    }

    IEnumerable<string> Paths() => s_names.Append("onnx").Append("none").Where(_ => random.Next(2) is 0);

    string Form() => string.Join('&', Paths().Select(name => $"paths={Uri.EscapeDataString(name).Replace("%20", "+", StringComparison.Ordinal)}").Append("paths=onnx/").Append($"expand={Pick(["true", "false", "True", "False"])}"));

    static string Escaped(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
