using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Hfmc.Daemon.Tests.Access;

public sealed class GoneCallersTests : DaemonTest
{
    [Fact(Timeout = 120_000)]
    public async Task Who_leaves_in_the_middle_of_a_question_is_no_error_in_the_log()
    {
        for (var caller = 0; caller < 50; caller++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new(enable: true, seconds: 0) };
            await socket.ConnectAsync(IPAddress.Loopback, Daemon.Http.BaseAddress!.Port, Cancelled);
            await socket.SendAsync(Encoding.ASCII.GetBytes("POST /peer/v1/follow HTTP/1.1\r\nHost: hfmc\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"etags\":["), Cancelled);
            // An answer to somebody else: by then the daemon has begun to read this one.
            (await Daemon.GetAsync("/peer/v1/hello")).EnsureSuccessStatusCode();
        }

        (await Daemon.GetAsync("/peer/v1/hello")).EnsureSuccessStatusCode();
        Assert.DoesNotContain("nhandled", await File.ReadAllTextAsync(Daemon.LogFile, Cancelled), StringComparison.Ordinal);
    }
}
