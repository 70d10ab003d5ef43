using Hfmc.Daemon.Endpoints.Hub;
using Xunit;

namespace Hfmc.Daemon.Tests.Endpoints;

public sealed class HubTargetTests
{
    [Theory]
    [InlineData("/api/models/acme/tiny", "Info acme/tiny HEAD ")]
    [InlineData("/api/models/gpt2", "Info gpt2 HEAD ")]
    [InlineData("/api/datasets/acme/words", "Info datasets/acme/words HEAD ")]
    [InlineData("/api/models/acme/tiny/revision/v1", "Info acme/tiny v1 ")]
    [InlineData("/api/models/acme/tiny/revision/refs%2Fpr%2F1", "Info acme/tiny refs/pr/1 ")]
    [InlineData("/api/models/acme/tiny/revision/refs/pr/1", "Info acme/tiny refs/pr/1 ")]
    [InlineData("/api/models/acme/tiny/revision/feature%2Fx", "Info acme/tiny feature/x ")]
    [InlineData("/api/models/acme/tiny/revision/main?expand=siblings", "Info acme/tiny main ")]
    [InlineData("/api/models/acme/tiny/tree/main", "Tree acme/tiny main ")]
    [InlineData("/api/models/acme/tiny/tree/main?recursive=true&expand=false", "Tree acme/tiny main ")]
    [InlineData("/api/models/acme/tiny/tree/main/on%20nx/a", "Tree acme/tiny main on nx/a")]
    [InlineData("/acme/tiny/resolve/main/config.json", "File acme/tiny main config.json")]
    [InlineData("/gpt2/resolve/main/a/b.txt", "File gpt2 main a/b.txt")]
    [InlineData("/acme/tiny/resolve/refs%2Fpr%2F1/a%2Fb.txt", "File acme/tiny refs/pr/1 a/b.txt")]
    [InlineData("/acme/tiny/resolve/refs/convert/parquet/a.txt", "File acme/tiny refs/convert/parquet a.txt")]
    [InlineData("/acme/tiny/resolve/main/%E6%A8%A1%E5%9E%8B.bin", "File acme/tiny main 模型.bin")]
    [InlineData("/acme/tiny/resolve/main/50%25.txt?download=true", "File acme/tiny main 50%.txt")]
    [InlineData("/datasets/acme/words/resolve/main/a.csv", "File datasets/acme/words main a.csv")]
    [InlineData("/acme/tiny/resolve/main/resolve/x", "File acme/tiny main resolve/x")]
    [InlineData("/api/spaces/acme/demo/tree/refs%2Fpr%2F3/sub%2Fdir/", "Tree spaces/acme/demo refs/pr/3 sub/dir")]
    [InlineData("/api/models/acme/tiny/paths-info/refs%2Fpr%2F1", "PathsInfo acme/tiny refs/pr/1 ")]
    [InlineData("/api/models/acme/tiny/refs?include_prs=1", "Refs acme/tiny HEAD ")]
    [InlineData("/api/models/gpt2/commits/main", "Commits gpt2 main ")]
    [InlineData("/api/datasets/acme/words/auth-check", "AuthCheck datasets/acme/words HEAD ")]
    [InlineData("/api/models/acme/tiny/xet-read-token/main", "XetToken acme/tiny main ")]
    [InlineData("/acme/tiny/raw/main/a%2Bb%23.bin", "Raw acme/tiny main a+b#.bin")]
    [InlineData("/acme/tiny/resolve/main/a+b.bin", "File acme/tiny main a+b.bin")]
    [InlineData("/acme/tiny/resolve/main/a%252Fb", "File acme/tiny main a%2Fb")]
    [InlineData("/spaces/acme/demo/raw/main/app.py", "Raw spaces/acme/demo main app.py")]
    [InlineData("/api/resolve-cache/models/acme/tiny/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/a/b.json?x", "File acme/tiny aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa a/b.json")]
    public void A_target_is_read_from_its_raw_form(string raw, string read)
    {
        var target = HubTarget.Parse(raw);

        Assert.Equal(read, target is { } found ? $"{found.Resource} {found.Repo} {found.Revision} {found.Path?.Text}" : "nothing");
    }

    [Theory]
    [InlineData("/api/models", HubResource.Search)]
    [InlineData("/api/datasets?search=x", HubResource.Search)]
    [InlineData("/api/whoami-v2", HubResource.WhoAmI)]
    [InlineData("/api/agent-harnesses", HubResource.AgentHarnesses)]
    [InlineData("/api/telemetry/hf_hub/x", HubResource.Telemetry)]
    [InlineData("/api/kernels/acme/fast/revision/main", HubResource.Passed)]
    public void Some_targets_name_no_repo(string raw, object resource) => Assert.Equal(resource, HubTarget.Parse(raw)?.Resource);

    [Theory]
    [InlineData("/")]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("/api")]
    [InlineData("/api/model/acme/tiny")]
    [InlineData("/api/models/datasets/acme/tiny")]
    [InlineData("/api/kernels/acme/../x")]
    [InlineData("/api/films/acme/tiny")]
    [InlineData("/api/models/a/b/c")]
    [InlineData("/api/models/acme/tiny/revision")]
    [InlineData("/api/models/acme/tiny/revision/main/more")]
    [InlineData("/api/models/..%2Fetc/x")]
    [InlineData("/acme/tiny/resolve/main")]
    [InlineData("/acme/tiny/resolve/main/")]
    [InlineData("/acme/tiny/resolve/main/../../x")]
    [InlineData("/acme/tiny/resolve/main/..%2F..%2Fx")]
    [InlineData("/acme/tiny/resolve/main/a%00b")]
    [InlineData("/acme/tiny/resolve/main/a%5Cb")]
    [InlineData("/acme/tiny/resolve/..%2F..%2Fx/a")]
    [InlineData("/a/b/c/d/resolve/main/x")]
    public void Anything_else_is_not_served(string raw) => Assert.Null(HubTarget.Parse(raw));
}
