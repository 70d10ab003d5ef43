using System.CommandLine;
using Hfmc.Core;
using Hfmc.Core.Peers;
using Hfmc.Core.Settings;
using Hfmc.Output;

namespace Hfmc.Commands;

/// <summary>The two ways into a cluster: to make one, and to type the code of one.</summary>
static class ClusterJoinCommand
{
    public static Command CreateNew() => new Command("new", "Make a cluster of this machine, and print the code with which others join it")
        .WithExamples("hfmc cluster new")
        .Runs((session, _, _) =>
        {
            var key = ClusterKey.New();
            Enter(session, key);
            session.Terminal.Say("this machine is a cluster of one; on the others run 'hfmc cluster join' and type this code, which is as good as a key:");
            if (session.Terminal.Mode.Json)
                session.Terminal.Json(new(session.Trust.Self.Id.Text, Joined: true, key.Code), CliJson.Plain.ClusterChangeJson);
            else
                session.Terminal.Data(key.Code);
            return Task.FromResult(ExitCode.Ok);
        });

    public static Command Create()
    {
        var command = new Command("join", "Join the cluster whose code is asked for, or is the first line of stdin");
        // Taken to be refused: what it is must not be guessed from a complaint about an unknown word.
        var code = new Argument<string?>("CODE") { Arity = ArgumentArity.ZeroOrOne, Hidden = true };
        command.Arguments.Add(code);
        return command
            .WithExamples("hfmc cluster join", "hfmc cluster join < code.txt")
            .Runs((session, parsed, _) =>
            {
                if (parsed.GetValue(code) is not null)
                    throw new InputException("a join code in an argument shows in the process list and the shell's history: leave it out to be asked for it, "
                        + "or pipe it to 'hfmc cluster join'; if this one was real, leave the cluster on all machines and make a new one");
                var text = session.Terminal.CanAsk ? SecretPrompt.Ask("Join code (from 'hfmc cluster new', not shown):") : StandardInput.FirstLine();
                Enter(session, ClusterKey.Parse(text) ?? throw new InputException($"that is not {ClusterKey.Wanted}"));
                session.Terminal.Say("this machine is a member; it shares with those members that it knows as peers: 'hfmc peer add HOST', 'hfmc cluster ls'");
                if (session.Terminal.Mode.Json)
                    session.Terminal.Json(new(session.Trust.Self.Id.Text, Joined: true, Code: null), CliJson.Plain.ClusterChangeJson);
                return Task.FromResult(ExitCode.Ok);
            });
    }

    static void Enter(Session session, ClusterKey key)
    {
        var book = new ClusterBook(session.Settings.Home);
        if (!book.Join(key))
            throw new InputException("this machine is in a cluster already: run 'hfmc cluster leave' first");
        if (session.Settings.Tls is TlsChoice.Off)
            session.Terminal.Warn("TLS is off here, and members share over TLS only: run 'hfmc conf tls set restricted'");
    }
}
