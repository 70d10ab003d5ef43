using System.CommandLine;
using Hfmc.Core;
using Hfmc.Core.Peers;
using Hfmc.Core.Transfers;
using Hfmc.Output;

namespace Hfmc.Commands;

static class PeerAddCommand
{
    public static Command Create()
    {
        var command = new Command("add", "Add a machine to take models from; a running daemon takes it at once");
        var options = new PeerOptions().AddTo(command);
        var replace = new Option<bool>("--replace-key") { Description = "The machine was set up anew: take the key that it has now" };
        command.Options.Add(replace);
        return command
            .WithExamples("hfmc peer add 192.168.1.7", "hfmc peer add pegasus.local:9191", "hfmc peer add fd00::7 -p 9191", "hfmc peer add 192.168.1.7 --replace-key")
            .Runs(async (session, parsed, cancellationToken) =>
            {
                var peer = options.Address(parsed);
                if (ThisMachine.Is(peer, session.Settings.Port))
                    throw Itself(peer);
                if (parsed.GetValue(replace))
                    new PeerPins(session.Home).Forget(peer);
                // In the book first: who is in it proves who it is when it is greeted.
                var book = session.Peers;
                var added = book.Add(peer);
                var answer = await GreetAsync(session, peer, cancellationToken);
                if (answer.Value is { } hello && hello.Node == session.Trust.Self.Id.Text)
                {
                    book.Remove(peer);
                    new PeerPins(session.Home).Forget(peer);
                    throw Itself(peer);
                }
                if (answer.Error is { SaysWhatToDo: true } refused)
                    throw new DeniedException(refused.Message);
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
        using var http = PeerClient.CreateTransport(session.Trust.Self);
        await using var round = session.PeerRound();
        // Somebody wants to know it now.
        round.Forget(peer);
        var client = new PeerClient(http, session.Time, self: null, session.Trust);
        return (await round.AskAllAsync(client, [peer], (_, hello, _) => Task.FromResult(hello), cancellationToken))[0];
    }

    static InputException Itself(PeerAddress peer) => new($"{peer}: that is this machine; run 'hfmc peer add' with the address of another one");
}
