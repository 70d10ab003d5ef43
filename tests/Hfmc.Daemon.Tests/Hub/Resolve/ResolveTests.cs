using System.Net;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Hub;

/// <summary>The recipe of hub-api, 15, for files that are not here and for those that are.</summary>
public sealed class ResolveTests : ResolveTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Head_tells_all_and_fetches_nothing(bool isHere)
    {
        if (isHere)
            await FetchAsync();
        await Upstream.WaitAsync(hub => !isHere || hub.BytesServed(Weights.Sha256) >= Size, Cancelled);
        Upstream.ForgetRequests();

        var head = await HeadAsync(Big);

        Assert.Equal(HttpStatusCode.OK, head.Status);
        Assert.Equal($"{Size}", head["Content-Length"]);
        Assert.Equal($"{Size}", head["X-Linked-Size"]);
        Assert.Equal($"\"{Weights.Sha256}\"", head["ETag"]);
        Assert.Equal($"\"{Weights.Sha256}\"", head["X-Linked-ETag"]);
        Assert.Equal(Commit.Text, head["X-Repo-Commit"]);
        Assert.Equal("bytes", head["Accept-Ranges"]);
        Assert.Equal("application/octet-stream", head["Content-Type"]);
        Assert.Null(head["Content-Encoding"]);
        Assert.DoesNotContain(head.Headers.Keys, name => name.StartsWith("X-Xet", StringComparison.OrdinalIgnoreCase) || name is "Link");
        Assert.Equal(0, Upstream.BytesServed());
    }

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=1000-1999", 1000, 2000)]
    [InlineData("bytes=3000000-", 3000000, Size)]
    [InlineData("bytes=3000000-99999999999", 3000000, Size)]
    [InlineData("bytes=-100", Size - 100, Size)]
    [InlineData("bytes=-99999999999", 0, Size)]
    public async Task One_range_is_a_part_of_a_cold_file_and_of_a_warm_one(string range, int start, int end)
    {
        var cold = await GetAsync(Big, ("Range", range));
        await FetchAsync();
        var warm = await GetAsync(Big, ("Range", range));

        Assert.All((Sent[])[cold, warm], part =>
        {
            Assert.Equal(HttpStatusCode.PartialContent, part.Status);
            Assert.Equal($"bytes {start}-{end - 1}/{Size}", part["Content-Range"]);
            Assert.Equal($"{end - start}", part["Content-Length"]);
            Assert.Equal($"\"{Weights.Sha256}\"", part["ETag"]);
            Assert.Equal(Commit.Text, part["X-Repo-Commit"]);
            Assert.Equal(Weights.ToArray(start, end - start), part.Body);
        });
    }

    [Theory]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("bytes=9-1")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=")]
    [InlineData("lines=1-2")]
    public async Task Several_ranges_and_what_is_none_get_everything(string range)
    {
        var answer = await GetAsync(Big, ("Range", range));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Null(answer["Content-Range"]);
        Assert.Equal(Weights.ToArray(), answer.Body);
    }

    [Fact]
    public async Task A_range_beyond_the_end_is_416()
    {
        var answer = await GetAsync(Big, ("Range", $"bytes={Size}-"));

        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, answer.Status);
        Assert.Equal($"bytes */{Size}", answer["Content-Range"]);
        Assert.Equal($"\"{Weights.Sha256}\"", answer["ETag"]);
        Assert.Equal(Commit.Text, answer["X-Repo-Commit"]);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("bytes=0-0", "bytes */0")]
    [InlineData("bytes=5-", "bytes */0")]
    public async Task An_empty_file_is_200_with_its_size_whatever_is_asked_for(string? range, string? contentRange)
    {
        var answer = await GetAsync("/acme/big/resolve/main/empty", range is null ? [] : [("Range", range)]);

        Assert.Equal((HttpStatusCode.OK, "0", contentRange), (answer.Status, answer["Content-Length"], answer["Content-Range"]));
        await KeptAsync("empty");
    }

    [Theory]
    [InlineData("\"{0}\"", true)]
    [InlineData("W/\"{0}\"", true)]
    [InlineData("\"other\", \"{0}\"", true)]
    [InlineData("*", true)]
    [InlineData("\"other\"", false)]
    public async Task Who_has_it_is_told_so(string known, bool hasIt)
    {
        var answer = await GetAsync("/acme/big/resolve/main/config.json", ("If-None-Match", string.Format(System.Globalization.CultureInfo.InvariantCulture, known, BytesContent.Of("{}").GitSha1)));

        Assert.Equal(hasIt ? HttpStatusCode.NotModified : HttpStatusCode.OK, answer.Status);
        Assert.Equal($"\"{BytesContent.Of("{}").GitSha1}\"", answer["ETag"]);
        Assert.Equal(Commit.Text, answer["X-Repo-Commit"]);
    }

    [Fact]
    public async Task A_range_of_another_version_gets_everything_of_this_one()
    {
        var other = await GetAsync(Big, ("Range", "bytes=10-19"), ("If-Range", "\"other\""));
        var same = await GetAsync(Big, ("Range", "bytes=10-19"), ("If-Range", $"\"{Weights.Sha256}\""));

        Assert.Equal((HttpStatusCode.OK, Size), (other.Status, other.Body.Length));
        Assert.Equal((HttpStatusCode.PartialContent, 10), (same.Status, same.Body.Length));
    }

    [Fact]
    public async Task What_is_not_there_is_told_in_the_Hubs_words()
    {
        var (path, revision, repo) = (await GetAsync("/acme/big/resolve/main/none"), await GetAsync("/acme/big/resolve/none/config.json"), await GetAsync("/acme/none/resolve/main/config.json"));

        Assert.Equal((HttpStatusCode.NotFound, "EntryNotFound", Commit.Text), (path.Status, path["X-Error-Code"], path["X-Repo-Commit"]));
        Assert.Equal((HttpStatusCode.NotFound, "RevisionNotFound"), (revision.Status, revision["X-Error-Code"]));
        Assert.Equal((HttpStatusCode.Unauthorized, "RepoNotFound"), (repo.Status, repo["X-Error-Code"]));
    }

    [Fact]
    public async Task A_file_that_was_fetched_is_kept_and_served_without_the_upstream()
    {
        await FetchAsync();
        await Upstream.WaitAsync(hub => hub.BytesServed(Weights.Sha256) >= Size, Cancelled);
        await Upstream.StopAsync();

        var again = await GetAsync(Big);

        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal(Weights.ToArray(), again.Body);
        Assert.Equal(Size, Upstream.BytesServed(Weights.Sha256));
    }

    [Theory]
    [InlineData("datasets/acme/words")]
    [InlineData("spaces/acme/demo")]
    public async Task Datasets_and_spaces_are_served_alike(string repo)
    {
        Upstream.Add(repo).Commit(new Dictionary<string, FileContent> { ["data/train.bin"] = Weights });

        Assert.Equal(Weights.ToArray(), (await GetAsync($"/{repo}/resolve/main/data/train.bin")).Body);
    }

    async Task FetchAsync()
    {
        Assert.Equal(Weights.ToArray(), (await GetAsync(Big)).Body);
        await KeptAsync();
    }
}
