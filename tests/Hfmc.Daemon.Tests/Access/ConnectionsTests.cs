using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Hfmc.Core.Control;
using Hfmc.Core.Platform;
using Hfmc.Core.Settings;
using Hfmc.Daemon.Access;
using Hfmc.Daemon.Serving;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Access;

/// <summary>Who holds connections and says nothing, or comes as somebody else.</summary>
public sealed class ConnectionsTests : DaemonTest
{
    [Fact(Timeout = 120_000)]
    public async Task A_flood_from_one_address_keeps_nobody_else_out_and_the_owner_keeps_control()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "all of 127.0.0.0/8 is this machine on Linux only");
        var flood = new List<Socket>();
        foreach (var address in (string[])["127.0.0.66", "127.0.0.67"])
            for (var i = 0; i < OpenConnections.MostOfThisMachine; i++)
                flood.Add(await ConnectAsync(address));

        using var answer = await Daemon.GetAsync("/peer/v1/hello");
        using var control = new ControlClient(Daemon.Socket, "1.2.3");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotNull(await control.StatusAsync(Cancelled));
        flood.ForEach(socket => socket.Dispose());
    }

    [Fact(Timeout = 120_000)]
    public async Task Who_is_denied_at_run_time_is_denied_from_the_next_request_on()
    {
        Assert.Equal(HttpStatusCode.OK, (await Daemon.GetAsync("/peer/v1/hello")).StatusCode);

        await Daemon.SetAsync("deny", "127.0.0.0/8");

        using var answer = await Daemon.GetAsync("/peer/v1/hello");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("hfmc conf deny get", await answer.Content.ReadAsStringAsync(Cancelled));
    }

    [Fact]
    public void The_socket_is_its_owners_alone()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("no modes on Windows");
        else
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Daemon.Socket));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(Daemon.Socket)!));
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task Another_user_gets_nothing_over_the_socket_though_every_folder_is_open_to_him()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !File.Exists("/usr/bin/setpriv") || !File.Exists("/usr/bin/curl"))
        {
            Assert.Skip("needs root, setpriv and curl");
            return;
        }
        const UnixFileMode All = (UnixFileMode)511;
        for (var at = Daemon.Socket; at is not null and not "/tmp" and not "/"; at = Path.GetDirectoryName(at))
            File.SetUnixFileMode(at, All);

        Assert.Contains("\"pid\"", await CurlAsync(0));
        Assert.Equal("", await CurlAsync(65534));
        Assert.Contains("Refused user 65534", await ReadLogAsync());
    }

    async Task<string> CurlAsync(int user)
    {
        var start = new ProcessStartInfo("/usr/bin/setpriv", [$"--reuid={user}", $"--regid={user}", "--clear-groups", "/usr/bin/curl", "-s", "-m", "20", "--unix-socket", Daemon.Socket, "http://hfmc/control/status"])
        {
            RedirectStandardOutput = true,
        };
        using var curl = Process.Start(start)!;
        var said = await curl.StandardOutput.ReadToEndAsync(Cancelled);
        await curl.WaitForExitAsync(Cancelled);
        return said;
    }

    async Task<string> ReadLogAsync()
    {
        using var log = new StreamReader(new FileStream(Daemon.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return await log.ReadToEndAsync(Cancelled);
    }

    async Task<Socket> ConnectAsync(string from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new(enable: true, seconds: 0) };
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await socket.ConnectAsync(IPAddress.Loopback, Daemon.Http.BaseAddress!.Port, Cancelled);
        return socket;
    }
}

/// <summary>The same with a clock that stands until it is moved on.</summary>
public sealed class SilentConnectionsTests
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_connection_that_says_nothing_is_closed()
    {
        var time = new ManualTime();
        await using var daemon = await DaemonRig.StartAsync(time: time);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, daemon.Http.BaseAddress!.Port, Cancelled);
        var closed = socket.ReceiveAsync(new byte[1], Cancelled).AsTask();

        // The daemon may not have seen it yet: the clock goes on until it has.
        while (!closed.IsCompleted)
        {
            time.Advance(ConnectionGate.FirstWord);
            await Task.WhenAny(closed, Task.Delay(20, Cancelled));
        }

        Assert.Equal(0, await closed);
    }

    [Fact(Timeout = 120_000)]
    public async Task Readers_who_take_nothing_lose_their_places()
    {
        await using var daemon = await DaemonRig.StartAsync(slowestReader: (16 << 20, TimeSpan.FromSeconds(1.1)));
        var weights = new PatternContent(60_000_000, seed: 5);
        daemon.Put("acme/big", isPublic: true, ("model.bin", weights));
        var node = NodeId.New();
        var open = await Task.WhenAll(Enumerable.Range(0, OpenBodies.MostOfPeer).Select(_ => daemon.OpenAsync($"/peer/v1/blobs/{weights.Sha256}", node)));
        using (var refused = await daemon.OpenAsync($"/peer/v1/blobs/{weights.Sha256}", node))
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);

        // None of them is given back: they end because nobody reads them.
        while (true)
        {
            using var again = await daemon.OpenAsync($"/peer/v1/blobs/{weights.Sha256}", node);
            if (again.StatusCode is HttpStatusCode.OK)
                break;
        }
        Array.ForEach(open, answer => answer.Dispose());
    }
}
