using System.Net;
using System.Net.Http.Json;
using Hfmc.Core.Repos;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Serving;

/// <summary>Restricted stays restricted, and unknown is restricted: bytes, names and existence, at every door.</summary>
public sealed class PublicShelfTests : DaemonTest
{
    const string Repo = "acme/secret";

    static readonly BytesContent Secret = BytesContent.Of("the secret");
    static readonly (string, FileContent) File = ("model.bin", Secret);

    [Fact]
    public async Task A_repo_that_is_not_known_to_be_public_looks_as_if_it_were_not_there()
    {
        var commit = Daemon.Put(Repo, isPublic: false, File);

        Assert.Equal(await LookAsync("acme/none", commit, BytesContent.Of("none").Sha256), await LookAsync(Repo, commit, Secret.Sha256));
        Assert.All(await LookAsync(Repo, commit, Secret.Sha256), seen => Assert.DoesNotContain("200", seen));
    }

    [Fact]
    public async Task A_repo_without_a_record_is_not_shown_either()
    {
        var commit = Daemon.Put(Repo, isPublic: true, File);
        Daemon.Records.Delete(RepoId.Parse(Repo), commit);

        Assert.Equal(await LookAsync("acme/none", commit, BytesContent.Of("none").Sha256), await LookAsync(Repo, commit, Secret.Sha256));
    }

    [Fact]
    public async Task It_is_shown_at_every_door_once_it_is_known_to_be_public_and_no_longer_when_not()
    {
        var commit = Daemon.Put(Repo, isPublic: false, File);
        var hidden = await LookAsync(Repo, commit, Secret.Sha256);

        Daemon.Record(Repo, commit, isPublic: true, File);
        var shown = await LookAsync(Repo, commit, Secret.Sha256);
        Daemon.Record(Repo, commit, isPublic: false, File);

        Assert.All(shown, seen => Assert.Contains("200", seen));
        Assert.Equal(hidden, await LookAsync(Repo, commit, Secret.Sha256));
    }

    [Fact]
    public async Task A_blob_that_a_public_repo_has_too_is_shown_under_that_one_only()
    {
        var commit = Daemon.Put(Repo, isPublic: false, File);
        Daemon.Put("acme/open", isPublic: true, ("same.bin", Secret));

        Assert.Equal(HttpStatusCode.OK, (await Daemon.GetAsync($"/peer/v1/blobs/{Secret.Sha256}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await Daemon.GetAsync("/acme/open/resolve/main/same.bin")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Daemon.GetAsync($"/{Repo}/resolve/{commit}/model.bin")).StatusCode);
    }

    [Fact]
    public async Task The_commits_of_a_repo_are_public_one_by_one()
    {
        var open = Daemon.Put("acme/open", isPublic: true, File);
        var closed = CommitId.TryParse(new string('c', 40), out var parsed) ? parsed : default;
        Daemon.Record("acme/open", closed, isPublic: false, File);

        Assert.Equal(HttpStatusCode.OK, (await Daemon.GetAsync($"/api/models/acme/open/revision/{open}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Daemon.GetAsync($"/api/models/acme/open/revision/{closed}")).StatusCode);
    }

    [Fact]
    public async Task A_file_that_is_listed_but_not_here_is_not_found()
    {
        var commit = Daemon.Put("acme/open", isPublic: true, File);
        System.IO.File.Delete(Daemon.Cache.Repo(RepoId.Parse("acme/open")).BlobFile(Secret.Sha256));

        using var answer = await Daemon.GetAsync($"/acme/open/resolve/{commit}/model.bin");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        // Of "EntryNotFound" Python would remember that the repo has no such file.
        Assert.Equal("RepoNotFound", answer.Headers.GetValues("X-Error-Code").Single());
    }

    /// <summary>What each endpoint tells about the repo: status, and whether anything of it is named or counted.</summary>
    async Task<List<string>> LookAsync(string repo, CommitId commit, ETag etag)
    {
        string[] doors =
        [
            $"/peer/v1/snapshot?repo=models/{repo}&revision=main", $"/peer/v1/snapshot?repo=models/{repo}&revision={commit}", $"/peer/v1/blobs/{etag}",
            $"/api/models/{repo}", $"/api/models/{repo}/revision/{commit}", $"/api/models/{repo}/tree/main", $"/{repo}/resolve/main/model.bin", $"/{repo}/resolve/{commit}/model.bin",
        ];
        var seen = new List<string>();
        foreach (var door in doors)
        {
            using var answer = await Daemon.GetAsync(door);
            var code = answer.Headers.TryGetValues("X-Error-Code", out var codes) ? codes.Single() : "";
            seen.Add($"{door.Replace(repo, "REPO").Replace(etag.Text, "ETAG")}: {(int)answer.StatusCode} {code} {answer.Headers.Contains("X-Repo-Commit")}");
        }
        using var held = await Daemon.Http.PostAsJsonAsync(new Uri("/peer/v1/blobs", UriKind.Relative), new { etags = new[] { etag.Text } }, Cancelled);
        seen.Add($"holds: {((await held.Content.ReadAsStringAsync(Cancelled)).Contains(etag.Text, StringComparison.Ordinal) ? 200 : 404)}");
        seen.Add($"hello: {((await Daemon.Http.GetStringAsync(new Uri("/peer/v1/hello", UriKind.Relative), Cancelled)).Contains("\"repos\":0", StringComparison.Ordinal) ? 404 : 200)}");
        return seen;
    }
}
