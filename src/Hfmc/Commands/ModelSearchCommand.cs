using System.CommandLine;
using Hfmc.Core;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Output;

namespace Hfmc.Commands;

static class ModelSearchCommand
{
    public static Command Create()
    {
        var command = new Command("search", "Ask the peers that were added which of them have a model, complete or in part");
        var repo = new RepoOptions().AddTo(command);
        var file = new Option<string?>("--file", "-f") { Description = "Only this file", HelpName = "FILE" };
        command.Options.Add(file);

        return command
            .WithExamples("hfmc model search -r prajjwal1/bert-medium", "hfmc model search -r prajjwal1/bert-medium -f pytorch_model.bin")
            .Runs(async (session, parsed, cancellationToken) =>
            {
                var (name, revision) = (repo.Repo(parsed), repo.Revision(parsed));
                var path = parsed.GetValue(file) is { } text ? FilePath.Parse(text) : (FilePath?)null;
                var peers = Peers(session);
                var answers = await AskAsync(session, peers, name, revision, cancellationToken);
                foreach (var silent in answers.Where(answer => answer.Error is not null))
                    session.Terminal.Say($"{silent.Peer} gave no answer: {silent.Error?.Message}");

                FoundJson[] found = [.. answers.Select(answer => FoundJson.Of(answer.Peer, answer.Value, path)).OfType<FoundJson>()];
                if (found.Length is 0)
                    throw NotFound($"{(path is { } one ? $"{one} of " : "")}{name} at {revision}", answers);
                Show(session.Terminal, found);
                return ExitCode.Ok;
            });
    }

    static IReadOnlyList<PeerAddress> Peers(Session session)
    {
        if (!session.Settings.PeersOn)
            throw new NotFoundException("peers are switched off: switch them on with 'hfmc conf peers set on'");
        return session.Peers.Read() is { Count: > 0 } peers
            ? peers
            : throw new NotFoundException("there is no peer to ask: add one with 'hfmc peer add HOST'");
    }

    static async Task<IReadOnlyList<PeerAnswer<PeerListing?>>> AskAsync(
        Session session, IReadOnlyList<PeerAddress> peers, RepoId repo, Revision revision, CancellationToken cancellationToken)
    {
        using var http = PeerClient.CreateTransport(session.Trust.Self);
        var client = new PeerClient(http, session.Time, self: null, session.Trust);
        await using var round = session.PeerRound();
        // The greeting told who it is, and whether it is to be asked over TLS.
        return await round.AskAllAsync(client, peers, (peer, _, token) => client.FindAsync(peer, repo, revision, token), cancellationToken);
    }

    static NotFoundException NotFound<T>(string what, IReadOnlyList<PeerAnswer<T>> answers) =>
        answers.Count(answer => answer.Error is not null) is var silent && silent == answers.Count
            ? new($"no peer answers ({silent} asked): see 'hfmc peer ls'")
            : new($"no peer that answers has {what}"
                + (silent > 0 ? $" ({silent} of {answers.Count} gave no answer: see 'hfmc peer ls')" : "; 'hfmc model add' brings it from the mirror or the Hub"));

    static void Show(Terminal terminal, FoundJson[] found)
    {
        if (terminal.Mode.Json)
        {
            terminal.Json(found, CliJson.Plain.FoundJsonArray);
            return;
        }
        var table = new TextTable("PEER", "COMMIT", "FILES", "SIZE", "STATE") { RightAligned = new HashSet<int> { 2, 3 } };
        foreach (var peer in found)
            table.Add(new PeerAddress(peer.Host, peer.Port).ToString(), peer.Commit[..8], $"{peer.Files}", Size.Text(peer.HeldBytes), peer.Complete ? "complete" : peer.IsPartial ? "in part" : $"{peer.Percent} %");
        table.WriteTo(terminal);
    }
}
