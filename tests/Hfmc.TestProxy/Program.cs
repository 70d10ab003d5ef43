using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using Hfmc.Testing;

const string usage = """
    hfmc-testproxy LISTEN TARGET size|withhold|mute           a daemon's peer protocol, spoilt (LISTEN and TARGET: ADDRESS:PORT)
    hfmc-testproxy LISTEN TARGET flip [--every BYTES]         one bit in so many bytes is turned
    hfmc-testproxy LISTEN TARGET slow [--delay-ms N] [--bytes-per-second N] [--loss-every BYTES] [--hang-after BYTES]

    Prints one line when it is ready, and runs until it is stopped.
    """;

IAsyncDisposable proxy;
try
{
    proxy = args is [var listen, var target, var what, .. var more]
        ? await StartAsync(IPEndPoint.Parse(listen), IPEndPoint.Parse(target), what, more)
        : throw new FormatException("three words are needed at least");
}
catch (FormatException error)
{
    await Console.Error.WriteLineAsync($"{error.Message}\n\n{usage}");
    return 2;
}

var stopped = new TaskCompletionSource();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
Console.WriteLine("ready");
await stopped.Task;
await proxy.DisposeAsync();
return 0;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stopped.TrySetResult();
}

static async Task<IAsyncDisposable> StartAsync(IPEndPoint listen, IPEndPoint target, string what, string[] more)
{
    if (what is "slow")
        return new SlowLink(target, Options(more), listen);
    if (what is "flip" && more is ["--every", var bytes])
        return await LyingProxy.StartAsync(new($"http://{target}"), Lie.Flip, listen, checked((int)Number(bytes)));
    return Enum.TryParse<Lie>(what, ignoreCase: true, out var lie) && more is []
        ? await LyingProxy.StartAsync(new($"http://{target}"), lie, listen)
        : throw new FormatException($"'{what}' is not known");
}

static SlowLinkOptions Options(string[] words)
{
    var options = new SlowLinkOptions();
    foreach (var pair in words.Chunk(2))
        options = pair switch
        {
            ["--delay-ms", var value] => options with { Delay = TimeSpan.FromMilliseconds(Number(value)) },
            ["--bytes-per-second", var value] => options with { BytesPerSecond = Number(value) },
            ["--loss-every", var value] => options with { LossEvery = Number(value) },
            ["--hang-after", var value] => options with { HangAfter = Number(value) },
            _ => throw new FormatException($"there is no option {string.Join(' ', pair)}"),
        };
    return options;
}

static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
