using System.CommandLine;
using Hfmc.Core;
using Hfmc.Core.Platform;

namespace Hfmc.Commands;

/// <summary>Shows the daemon's log, and with <c>-f</c> what is added to it.</summary>
static class DaemonLogs
{
    const int Lines = 200;

    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    public static Command Create()
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on showing what is added" };
        return new Command("logs", $"Show the last {Lines} lines of the daemon's log") { follow }
            .WithExamples("hfmc daemon logs -f")
            .Runs((session, parsed, cancellationToken) => RunAsync(session, parsed.GetValue(follow), cancellationToken));
    }

    static async Task<int> RunAsync(Session session, bool follow, CancellationToken cancellationToken)
    {
        var path = session.Home.Run.LogFile;
        if (!File.Exists(path))
            throw new NotFoundException($"there is no log yet ({path}): run 'hfmc daemon start' first");
        using var log = new StreamReader(DiskFailure.Guard($"read {path}",
            () => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), DiskPlace.Run));
        var last = new Queue<string>();
        while (await log.ReadLineAsync(cancellationToken) is { } line)
        {
            last.Enqueue(line);
            if (last.Count > Lines)
                last.Dequeue();
        }
        foreach (var line in last)
            session.Terminal.Data(line);
        while (follow)
        {
            while (await log.ReadLineAsync(cancellationToken) is { } line)
                session.Terminal.Data(line);
            await Task.Delay(Glance, session.Time, cancellationToken);
        }
        return ExitCode.Ok;
    }
}
