using System.Text;
using Hfmc.Core.Peers;
using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;
using Hfmc.Daemon.Serving;
using Hfmc.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Hfmc.Daemon.Tests.Serving;

/// <summary>Peers that say that bytes from here were wrong: each may cost a question to another peer.</summary>
public sealed class ComplaintsTests : DaemonTest
{
    static readonly BytesContent Content = BytesContent.Of("some bytes");

    readonly TransferBoard _board = new();
    readonly TaskCompletionSource<bool> _verdict = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _asked;

    [Fact(Timeout = 120_000)]
    public async Task So_many_are_looked_into_at_one_time_and_no_more()
    {
        Daemon.Put("acme/tiny", isPublic: true, ("file", Content));
        var end = new TaskCompletionSource<string>();
        var running = _board.RunAsync(new(Content.Sha256, Content.Size), _ => { }, (_, _) => end.Task, Cancelled);
        _board.Find(Content.Sha256)!.Doubted = (_, _, _) =>
        {
            Interlocked.Increment(ref _asked);
            return _verdict.Task;
        };
        var answer = new ChunkAnswer(_board, new PublicShelf(Daemon.Cache), null, new(new(TimeProvider.System), Daemon.Cache.Root));

        var heard = Enumerable.Range(0, 16).Select(_ => ComplainAsync(answer)).ToArray();
        Assert.Equal("""{"dropped":false}""", await ComplainAsync(answer));
        Assert.Equal(16, Volatile.Read(ref _asked));

        _verdict.SetResult(true);
        Assert.All(await Task.WhenAll(heard), said => Assert.Equal("""{"dropped":true}""", said));
        end.SetResult("");
        await running;
    }

    static async Task<string> ComplainAsync(ChunkAnswer answer)
    {
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        context.Request.Method = "POST";
        context.Request.ContentType = "application/json";
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes("""{"start":0,"end":4}"""));
        context.Request.Headers[PeerClient.NodeHeader] = NodeId.New().Text;
        var body = new MemoryStream();
        context.Response.Body = body;
        await answer.HearComplaintAsync(context, Content.Sha256.Text);
        return Encoding.UTF8.GetString(body.ToArray());
    }
}
