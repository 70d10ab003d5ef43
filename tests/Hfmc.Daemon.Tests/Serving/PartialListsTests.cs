using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Serving;

/// <summary>What a node tells peers of a commit of which it knows some files only.</summary>
public sealed class PartialListsTests : DaemonTest
{
    const string Repo = "acme/big";

    static readonly (string, FileContent) File = ("model.bin", BytesContent.Of("some bytes"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_part_is_told_and_said_to_be_one(bool isPartial)
    {
        var commit = Daemon.Put(Repo, isPublic: true, File);
        Mark(commit, isPartial);

        foreach (var revision in (string[])["main", commit.Text])
        {
            using var answer = await Daemon.GetAsync($"/peer/v1/snapshot?repo=models/{Repo}&revision={revision}");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var told = (await answer.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!;
            Assert.Equal(["model.bin"], told["files"]!.AsArray().Select(file => (string?)file!["path"]));
            Assert.Equal(isPartial, told.ContainsKey("partial"));
            Assert.Equal(isPartial ? true : null, (bool?)told["partial"]);
        }
    }

    [Fact]
    public async Task A_part_of_what_is_not_public_is_not_told()
    {
        var commit = Daemon.Put(Repo, isPublic: false, File);
        Mark(commit, isPartial: true);

        using var answer = await Daemon.GetAsync($"/peer/v1/snapshot?repo=models/{Repo}&revision=main");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    void Mark(CommitId commit, bool isPartial) => Daemon.Records.Write(Daemon.Records.Read(RepoId.Parse(Repo), commit)! with { IsPartial = isPartial });
}
