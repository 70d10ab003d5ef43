using System.CommandLine;
using Hfmc.Core;
using Hfmc.Core.Peers;
using Hfmc.Core.Settings;
using Hfmc.Output;

namespace Hfmc.Commands;

static class ClusterRemoveCommand
{
    const int FewestDigits = 8;

    public static Command Create()
    {
        var command = new Command("remove", "Remove a member: it is shown nothing that is not public from now on");
        var node = new Argument<string>("NODE") { Description = "Its id, or the first digits of one that 'hfmc peer ls' shows" };
        command.Arguments.Add(node);
        return command
            .WithExamples("hfmc cluster remove ee724a9f")
            .Runs(async (session, parsed, cancellationToken) =>
            {
                var cluster = ClusterCommand.Current(session);
                var gone = await FindAsync(session, parsed.GetValue(node) ?? "", cancellationToken);
                var isNew = new ClusterBook(session.Settings.Home).Remove([MemberRemoval.Of(cluster.Key, gone)]);
                session.Terminal.Say($"{gone.Short} {(isNew ? "is removed; the other members hear of it when they next meet this machine or each other" : "was removed before")}");
                session.Terminal.Warn("a machine that still has the join code can make itself a member under another id: to shut it out for good, make a new cluster on the machines that stay");
                if (session.Terminal.Mode.Json)
                    session.Terminal.Json(new(gone.Text, isNew), CliJson.Plain.MemberRemovedJson);
                return ExitCode.Ok;
            });
    }

    static async Task<NodeId> FindAsync(Session session, string text, CancellationToken cancellationToken)
    {
        if (NodeId.TryParse(text, out var whole))
            return whole;
        if (text.Length < FewestDigits || !text.All(char.IsAsciiHexDigitLower))
            throw new InputException($"'{text.ReplaceLineEndings(" ")}' is not a node: want its id, or at least the first {FewestDigits} digits of it, as 'hfmc peer ls' shows them");
        using var http = PeerClient.CreateTransport(session.Trust.Self);
        var client = new PeerClient(http, session.Time, self: null, session.Trust);
        var pins = new PeerPins(session.Home);
        await using var round = session.PeerRound();
        var answers = await round.AskAllAsync(client, session.Peers.Read(), (_, hello, _) => Task.FromResult(hello), cancellationToken);
        List<NodeId> found = [.. answers.Select(answer => NodeId.TryParse(answer.Value?.Node, out var id) ? id : pins.Of(answer.Peer)).OfType<NodeId>()
            .Where(id => id.Text.StartsWith(text, StringComparison.Ordinal)).Distinct()];
        return found is [var one]
            ? one
            : throw new NotFoundException(found.Count is 0
                ? $"no peer is node {text}: give its whole id, or see 'hfmc peer ls'"
                : $"{found.Count} peers begin with {text}: give more digits");
    }
}
