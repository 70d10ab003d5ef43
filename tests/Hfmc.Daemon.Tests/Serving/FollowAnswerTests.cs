using System.Net.Http.Json;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Serving;

/// <summary>The clock of the daemon stands: what came with time would not come at all.</summary>
public sealed class FollowAnswerTests
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    // Askers give up on a head that does not come within 5 s.
    [Fact(Timeout = 120_000)]
    public async Task The_head_comes_at_once_though_there_is_nothing_to_tell_yet()
    {
        await using var still = await DaemonRig.StartAsync(time: new ManualTime());
        using var answer = await FollowAsync(still);

        Assert.Equal("application/x-ndjson", answer.Content.Headers.ContentType?.MediaType);
    }

    // Two that begin at one time wait for each other's first word, and neither has begun anything before it has that.
    [Fact(Timeout = 120_000)]
    public async Task The_first_line_comes_at_once_though_there_is_nothing_to_tell_yet()
    {
        await using var still = await DaemonRig.StartAsync(time: new ManualTime());
        using var answer = await FollowAsync(still);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Cancelled));

        Assert.Equal("{}", await lines.ReadLineAsync(Cancelled));
    }

    static async Task<HttpResponseMessage> FollowAsync(DaemonRig daemon)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/peer/v1/follow") { Content = JsonContent.Create(new { etags = new[] { BytesContent.Of("unknown").Sha256.Text } }) };
        return await daemon.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
    }
}
