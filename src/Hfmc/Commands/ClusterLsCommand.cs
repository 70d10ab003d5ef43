using System.CommandLine;
using Hfmc.Core.Peers;
using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;
using Hfmc.Output;

namespace Hfmc.Commands;

static class ClusterLsCommand
{
    public static Command Create() => new Command("ls", "List the peers that are members of this machine's cluster, and who was removed")
        .WithExamples("hfmc cluster ls", "hfmc cluster ls --json")
        .Runs(async (session, _, cancellationToken) =>
        {
            ClusterCommand.Current(session);
            var (self, met) = (session.Trust.Self.Id, await MeetAsync(session, cancellationToken));
            // Anew: members have told who is none any more.
            var removed = ClusterCommand.Current(session).Removed;
            MemberLine[] lines =
            [
                new(self.Text, null, null, removed.ContainsKey(self) ? "removed" : "this machine", null),
                .. met.Select(MemberLine.Of),
                .. removed.Keys.Where(node => node != self).Select(node => new MemberLine(node.Text, null, null, "removed", null)),
            ];
            if (session.Terminal.Mode.Json)
                session.Terminal.Json(lines, CliJson.Plain.MemberLineArray);
            else
                Print(session.Terminal, lines);
            return ExitCode.Ok;
        });

    static async Task<IReadOnlyList<PeerAnswer<PeerHello>>> MeetAsync(Session session, CancellationToken cancellationToken)
    {
        using var http = PeerClient.CreateTransport(session.Trust.Self);
        var pass = new ClusterPass(new(session.Settings.Home), session.Trust.Self.Id, session.Time);
        var client = new PeerClient(http, session.Time, self: null, session.Trust).ForMembers(pass);
        await using var round = session.PeerRound();
        return await round.AskAllAsync(client, session.Peers.Read(), (_, hello, _) => Task.FromResult(hello), cancellationToken);
    }

    static void Print(Terminal terminal, MemberLine[] lines)
    {
        var table = new TextTable("NODE", "PEER", "STATE");
        foreach (var line in lines)
            table.Add(line.Node?[..8] ?? "-", line.Host is { } host ? new PeerAddress(host, line.Port ?? 0).ToString() : "-", line.State);
        table.WriteTo(terminal);
        foreach (var line in lines)
            if (line.Error is { } error)
                terminal.Detail(error);
    }
}
