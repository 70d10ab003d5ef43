using System.Net;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Serving;

public sealed class BlobAnswerTests : DaemonTest
{
    static readonly PatternContent Weights = new(3_000_001, seed: 9);
    static readonly BytesContent Nothing = new([]);

    static string Address => $"/peer/v1/blobs/{Weights.Sha256}";

    [Fact]
    public async Task Without_a_range_all_bytes_come_with_their_name_and_length()
    {
        PutRepo();

        using var answer = await Daemon.GetAsync(Address);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal($"\"{Weights.Sha256}\"", answer.Headers.ETag?.Tag);
        Assert.Equal("bytes", answer.Headers.AcceptRanges.ToString());
        Assert.Equal(Weights.Size, answer.Content.Headers.ContentLength);
        Assert.Equal("yes", answer.Headers.GetValues("X-Hfmc-Proven").Single());
        Assert.Equal(Weights.ToArray(), await answer.Content.ReadAsByteArrayAsync(Cancelled));
    }

    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=1000000-2999999", 1_000_000, 2_000_000)]
    [InlineData("bytes=3000000-", 3_000_000, 1)]
    [InlineData("bytes=-5", 2_999_996, 5)]
    public async Task A_range_comes_as_such(string range, long from, int length)
    {
        PutRepo();

        using var answer = await Daemon.GetAsync(Address, ("Range", range));

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal($"bytes {from}-{from + length - 1}/{Weights.Size}", answer.Content.Headers.ContentRange?.ToString());
        Assert.Equal(Weights.ToArray(from, length), await answer.Content.ReadAsByteArrayAsync(Cancelled));
    }

    [Fact]
    public async Task A_range_beyond_the_end_is_416_with_the_size()
    {
        PutRepo();

        using var answer = await Daemon.GetAsync(Address, ("Range", $"bytes={Weights.Size}-"));

        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, answer.StatusCode);
        Assert.Equal($"bytes */{Weights.Size}", answer.Content.Headers.ContentRange?.ToString());
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Cancelled));
    }

    [Fact]
    public async Task What_the_caller_has_already_is_304()
    {
        PutRepo();

        using var answer = await Daemon.GetAsync(Address, ("If-None-Match", $"\"{Weights.Sha256}\""));

        Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Cancelled));
    }

    [Fact]
    public async Task Another_etag_is_no_reason_for_304()
    {
        PutRepo();

        using var answer = await Daemon.GetAsync(Address, ("If-None-Match", $"\"{Nothing.Sha256}\""));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task HEAD_has_the_headers_of_GET_and_no_body()
    {
        PutRepo();

        using var answer = await Daemon.SendAsync(HttpMethod.Head, Address);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Weights.Size, answer.Content.Headers.ContentLength);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Cancelled));
    }

    [Theory]
    [InlineData("")]
    [InlineData("bytes=0-")]
    public async Task An_empty_file_is_served_as_such(string range)
    {
        PutRepo();

        using var answer = await Daemon.GetAsync("/acme/tiny/resolve/main/empty.txt", ("Range", range));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(0, answer.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("..%2F..%2Fetc%2Fpasswd")]
    [InlineData("xyz")]
    [InlineData("0000000000000000000000000000000000000000")]
    public async Task What_is_no_blob_of_ours_is_404(string etag) =>
        Assert.Equal(HttpStatusCode.NotFound, (await Daemon.GetAsync($"/peer/v1/blobs/{etag}")).StatusCode);

    void PutRepo() => Daemon.Put("acme/tiny", isPublic: true, ("model.bin", Weights), ("empty.txt", Nothing));
}
