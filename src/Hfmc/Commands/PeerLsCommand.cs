using System.CommandLine;
using Hfmc.Core.Peers;
using Hfmc.Output;

namespace Hfmc.Commands;

static class PeerLsCommand
{
    public static Command Create() => new Command("ls", "List the peers: who is alive, with version and round trip")
        .WithExamples("hfmc peer ls", "hfmc peer ls --json")
        .Runs(async (session, _, cancellationToken) =>
        {
            if (!session.Settings.PeersOn)
                session.Terminal.Warn("peers are switched off: run 'hfmc conf peers set on' to take models from them");
            using var daemon = session.Daemon();
            var misdeeds = (await daemon.StatusAsync(cancellationToken))?.Misdeeds ?? [];
            var answers = await GreetAsync(session, cancellationToken);
            foreach (var answer in answers)
                if (answer.Error is { SaysWhatToDo: true } refused)
                    session.Terminal.Warn(refused.Message);
            PeerLine[] peers = [.. answers.Select(answer => PeerLine.Of(answer, misdeeds.FirstOrDefault(misdeed => misdeed.Source == $"peer {answer.Peer}"), session.Time))];
            if (session.Terminal.Mode.Json)
                session.Terminal.Json(peers, CliJson.Plain.PeerLineArray);
            else if (peers.Length is 0)
                session.Terminal.Say("no peers: add one with 'hfmc peer add ADDRESS'");
            else
                Print(session.Terminal, peers);
            return ExitCode.Ok;
        });

    static async Task<IReadOnlyList<PeerAnswer<Greeting>>> GreetAsync(Session session, CancellationToken cancellationToken)
    {
        using var http = PeerClient.CreateTransport(session.Trust.Self);
        var client = new PeerClient(http, session.Time, self: null, session.Trust);
        await using var round = session.PeerRound();
        return await round.AskAllAsync(client, session.Peers.Read(), async (peer, _, token) =>
        {
            // The first greeting also made the connection; the second tells the round trip.
            var begun = session.Time.GetTimestamp();
            return new Greeting(await client.HelloAsync(peer, token), session.Time.GetElapsedTime(begun));
        }, cancellationToken);
    }

    static void Print(Terminal terminal, PeerLine[] peers)
    {
        var table = new TextTable("HOST", "PORT", "ALIVE", "ID", "VERSION", "REPOS", "RTT");
        foreach (var peer in peers)
            table.Add(peer.Host, $"{peer.Port}", peer.Alive ? "yes" : "no", peer.Id?[..8] ?? "-", peer.Version ?? "-", peer.Repos is { } repos ? $"{repos}" : "-",
                peer.RoundTripMs is { } time ? $"{time:0.0} ms" : "-");
        table.WriteTo(terminal);
        foreach (var peer in peers)
        {
            if (peer.Error is { } error)
                terminal.Detail(error);
            if (peer.Misdeed is { } misdeed)
                terminal.Warn(peer.RestsUntil is { } until ? $"{misdeed}; the daemon does not ask it until {until.ToLocalTime():HH:mm:ss}" : misdeed);
        }
    }
}
