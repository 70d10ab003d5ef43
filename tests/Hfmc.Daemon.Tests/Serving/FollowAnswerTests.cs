using System.Net.Http.Json;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Serving;

public sealed class FollowAnswerTests : DaemonTest
{
    // Askers give up on a head that does not come within 5 s.
    [Fact(Timeout = 30_000)]
    public async Task The_head_comes_at_once_though_there_is_nothing_to_tell_yet()
    {
        using var answer = await FollowAsync();

        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType?.MediaType);
    }

    // Two that begin at one time wait for each other's first word, and neither has begun anything before it has that.
    [Fact(Timeout = 30_000)]
    public async Task The_first_line_comes_at_once_though_there_is_nothing_to_tell_yet()
    {
        using var answer = await FollowAsync();
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancelled));

        Assert.Equal("{}", await lines.ReadLineAsync(Cancelled).AsTask().WaitAsync(TimeSpan.FromSeconds(3), Cancelled));
    }

    async Task<HttpResponseMessage> FollowAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/peer/v1/follow") { Content = JsonContent.Create(new { etags = new[] { BytesContent.Of("unknown").Sha256.Text } }) };
        return await Daemon.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled).WaitAsync(TimeSpan.FromSeconds(3), Cancelled);
    }
}
