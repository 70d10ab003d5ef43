using System.CommandLine;
using Hfmc.Core;
using Hfmc.Core.Peers;
using Hfmc.Output;

namespace Hfmc.Commands;

static class PeerRmCommand
{
    public static Command Create()
    {
        var command = new Command("rm", "Remove a peer");
        var options = new PeerOptions().AddTo(command);
        return command
            .WithExamples("hfmc peer rm 192.168.1.7")
            .Runs((session, parsed, _) =>
            {
                var peer = options.Address(parsed);
                var book = session.Peers;
                if (!book.Remove(peer))
                    throw new NotFoundException(book.Read() is { Count: > 0 } known
                        ? $"{peer} is not a peer: the peers are {string.Join(", ", known)}"
                        : $"{peer} is not a peer: there are none");
                new PeerPins(session.Home).Forget(peer);
                session.Terminal.Say($"{peer} removed");
                if (session.Terminal.Mode.Json)
                    session.Terminal.Json(new(peer.Host, peer.Port, false, null), CliJson.Plain.PeerChangeJson);
                return Task.FromResult(ExitCode.Ok);
            });
    }
}
