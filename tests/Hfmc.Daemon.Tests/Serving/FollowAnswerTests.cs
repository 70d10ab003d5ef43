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
        using var request = new HttpRequestMessage(HttpMethod.Post, "/peer/v1/follow") { Content = JsonContent.Create(new { etags = new[] { BytesContent.Of("unknown").Sha256.Text } }) };

        using var answer = await Daemon.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled).WaitAsync(TimeSpan.FromSeconds(3), Cancelled);

        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType?.MediaType);
    }
}
