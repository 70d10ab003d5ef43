using System.Text;
using System.Text.Json.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Hub;

/// <summary>What clients see of files whose names this system cannot keep: nothing, as if the repo had none.</summary>
public sealed class OddNamesTests : HubTest
{
    const string Odd = @"folder\old.txt";

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Upstream.Add("acme/odd").Commit(new Dictionary<string, byte[]> { ["at 12:30|x.txt"] = [1], ["in/b:c.txt"] = [5], [Odd] = [2], ["line\nbreak"] = [3] });
    }

    [Fact]
    public async Task They_are_in_no_list_and_are_not_found()
    {
        var tree = await AskAsync("/api/models/acme/odd/tree/main?recursive=true");
        var info = await AskAsync("/api/models/acme/odd");
        var named = await AskAsync(new(HttpMethod.Post, "/api/models/acme/odd/paths-info/main", Body: new JsonObject { ["paths"] = new JsonArray(Odd, "in/b:c.txt") }.ToJsonString()));

        Assert.Equal(["at 12:30|x.txt", "in", "in/b:c.txt"], Names(tree.Json.AsArray(), "path"));
        Assert.Equal(["at 12:30|x.txt", "in/b:c.txt"], Names(info.Json["siblings"]!.AsArray(), "rfilename"));
        Assert.Equal(["in/b:c.txt"], Names(named.Json.AsArray(), "path"));
        Assert.Equal(404, (await AskAsync($"/acme/odd/resolve/main/{Uri.EscapeDataString(Odd)}")).Status);
        Assert.Equal(404, (await AskAsync("/acme/odd/resolve/main/line%0Abreak")).Status);
    }

    [Theory]
    [InlineData("/acme/odd/resolve/main/at%2012%3A30%7Cx.txt", "\u0001")]
    [InlineData("/acme/odd/resolve/main/at%2012:30%7Cx.txt", "\u0001")]
    [InlineData("/acme/odd/resolve/main/in/b:c.txt", "\u0005")]
    public async Task Those_that_can_be_kept_are_given(string target, string bytes) =>
        Assert.Equal(bytes, (await AskAsync(target)).Body);

    static string[] Names(JsonArray list, string key) => [.. list.Select(entry => entry![key]!.GetValue<string>()).Order(StringComparer.Ordinal)];
}
