using System.CommandLine;
using Hfmc.Core;
using Hfmc.Core.Peers;
using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;
using Hfmc.Output;

namespace Hfmc.Commands;

static class PeerAddCommand
{
    public static Command Create()
    {
        var command = new Command("add", "Add a machine to take models from; a running daemon takes it at once");
        var options = new PeerOptions().AddTo(command);
        return command
            .WithExamples("hfmc peer add 192.168.1.7", "hfmc peer add pegasus.local:9191", "hfmc peer add fd00::7 -p 9191")
            .Runs(async (session, parsed, cancellationToken) =>
            {
                var peer = options.Address(parsed);
                if (ThisMachine.Is(peer, session.Settings.Port))
                    throw Itself(peer);
                var answer = await GreetAsync(session, peer, cancellationToken);
                if (answer.Value is { } hello && hello.Node == new NodeIdentity(session.Home).ReadOrCreate().Text)
                    throw Itself(peer);

                var added = new PeerBook(session.Home).Add(peer);
                session.Terminal.Say(answer.Value is { } there
                    ? $"{peer} {(added ? "added" : "is a peer already")}: hfmc {there.Version}, {Size.Count(there.Repos, "public repo")} to share"
                    : $"{peer} {(added ? "added" : "is a peer already")}");
                if (answer.Error is { } error)
                    session.Terminal.Warn(error.Fault is SourceFault.Unreachable or SourceFault.Stalled ? $"{error.Message}; run 'hfmc daemon start' there" : error.Message);
                if (session.Terminal.Mode.Json)
                    session.Terminal.Json(new(peer.Host, peer.Port, added, answer.Value is not null), CliJson.Plain.PeerChangeJson);
                return ExitCode.Ok;
            });
    }

    static async Task<PeerAnswer<PeerHello>> GreetAsync(Session session, PeerAddress peer, CancellationToken cancellationToken)
    {
        using var http = PeerClient.CreateTransport();
        return (await PeerPoll.AskAllAsync([peer], new PeerClient(http, session.Time, self: null).HelloAsync, cancellationToken))[0];
    }

    static InputException Itself(PeerAddress peer) => new($"{peer}: that is this machine; run 'hfmc peer add' with the address of another one");
}
