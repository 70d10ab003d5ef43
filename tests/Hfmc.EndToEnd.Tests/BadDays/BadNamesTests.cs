using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.BadDays;

/// <summary>Repos, revisions and files that cannot be, or are not there: a sentence, an exit code, one line of JSON.</summary>
public sealed class BadNamesTests : NodeTest
{
    FakeHub _hub = null!;
    HfmcNode _node = null!;

    public override async ValueTask InitializeAsync()
    {
        _hub = await HubAsync();
        Publish(_hub, "acme/tiny", ("config.json", BytesContent.Of("{}")));
        _hub.Add("acme/empty").Commit(new Dictionary<string, FileContent>());
        _node = Node("lone").At(_hub.Endpoint);
    }

    [Theory]
    [InlineData("../../etc")]
    [InlineData("acme/..")]
    [InlineData("..")]
    [InlineData("acme/ti ny")]
    [InlineData(" ")]
    [InlineData("acme/tiny/more")]
    [InlineData("/acme/tiny")]
    [InlineData("acme--x/tiny")]
    [InlineData("200 characters")]
    public async Task A_repo_id_that_cannot_be_is_wrong_usage(string repo)
    {
        var id = repo is "200 characters" ? new string('a', 200) : repo;

        var error = (await _node.RunAsync("model", "add", "-r", id, "--json")).Ended(2).Json.GetProperty("error");

        Assert.Equal("input", error.GetProperty("kind").GetString());
        Assert.Contains("repo", error.GetProperty("message").GetString());
        Assert.Empty(_hub.Requests);
    }

    [Theory]
    [InlineData("-v", "../main")]
    [InlineData("-v", "")]
    [InlineData("-f", "../../passwd")]
    [InlineData("-f", "/etc/passwd")]
    [InlineData("-f", "a\\b")]
    [InlineData("--repo-type", "film")]
    [InlineData("--patience", "soon")]
    [InlineData("--from", "nowhere")]
    public async Task An_option_that_cannot_be_is_wrong_usage(string option, string value)
    {
        var told = (await _node.RunAsync("model", "add", "-r", "acme/tiny", option, value, "--json")).Ended(2);

        Assert.Equal(2, told.Json.GetProperty("error").GetProperty("code").GetInt32());
    }

    [Theory]
    [InlineData("acme/none", "main", null, "no such repo, or it is private")]
    [InlineData("acme/tiny", "v9", null, "no revision v9")]
    [InlineData("acme/tiny", "0123456789012345678901234567890123456789", null, "no revision 01234567")]
    [InlineData("acme/tiny", "main", "model.bin", "model.bin")]
    [InlineData("datasets/acme/tiny", "main", null, "no such repo, or it is private")]
    public async Task What_is_not_there_is_not_found(string repo, string revision, string? file, string sentence)
    {
        string[] arguments = ["model", "add", "-r", repo, "-v", revision, .. file is null ? [] : (string[])["-f", file]];

        var error = (await _node.RunAsync([.. arguments, "--json"])).Ended(3).Json.GetProperty("error");
        var plain = (await _node.RunAsync(arguments)).Ended(3);

        Assert.Contains(sentence, error.GetProperty("message").GetString());
        Assert.Equal($"hfmc: {error.GetProperty("message").GetString()}\n", plain.Stderr);
        Assert.Equal("", plain.Stdout);
    }

    [Fact]
    public async Task Files_whose_names_cannot_be_kept_are_skipped_with_one_warning()
    {
        _hub.Add("acme/odd").Commit(new Dictionary<string, byte[]> { ["at 12:30|x.txt"] = [1], [@"a\b.txt"] = [2], ["c\nd.txt"] = [3], ["../e.txt"] = [4] });

        var told = (await _node.RunAsync("model", "add", "-r", "acme/odd", "--json")).Ended(0);

        Assert.Equal(["../e.txt", @"a\b.txt", "c\nd.txt"], told.Json.GetProperty("skipped").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(1, told.Json.GetProperty("files").GetInt32());
        Assert.Single(told.Stderr.Split('\n'), line => line.Contains("cannot be kept", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_repo_without_files_is_added_as_such()
    {
        var added = await _node.AddAsync("acme/empty");

        Assert.Equal(0, added.Files);
        Assert.True(Directory.Exists(added.Path));
    }

    [Fact]
    public async Task A_command_that_does_not_exist_is_wrong_usage()
    {
        var told = (await _node.RunAsync("modle", "add", "--json")).Ended(2);

        Assert.Contains("modle", told.Json.GetProperty("error").GetProperty("message").GetString());
    }
}
