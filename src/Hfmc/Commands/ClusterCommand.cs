using System.CommandLine;
using Hfmc.Core;
using Hfmc.Core.Peers;
using Hfmc.Core.Settings;
using Hfmc.Output;

namespace Hfmc.Commands;

static class ClusterCommand
{
    public static Command Create() => new Command("cluster", "Machines that share with each other what is not public")
    {
        ClusterJoinCommand.CreateNew(),
        ClusterJoinCommand.Create(),
        ClusterLsCommand.Create(),
        ClusterRemoveCommand.Create(),
        Leave(),
    }.WithExamples("hfmc cluster new", "hfmc cluster join", "hfmc cluster ls");

    /// <summary>The cluster of this machine.</summary>
    public static Cluster Current(Session session) => new ClusterBook(session.Settings.Home).Read()
        ?? throw new NotFoundException("this machine is in no cluster: make one with 'hfmc cluster new', or join one with 'hfmc cluster join'");

    static Command Leave() => new Command("leave", "Forget the cluster: this machine shares only what is public from now on")
        .WithExamples("hfmc cluster leave")
        .Runs((session, _, _) =>
        {
            if (!new ClusterBook(session.Settings.Home).Leave())
                throw new NotFoundException("this machine is in no cluster");
            session.Terminal.Say("this machine has left its cluster; what it got from there stays in its cache");
            if (session.Terminal.Mode.Json)
                session.Terminal.Json(new(session.Trust.Self.Id.Text, Joined: false, Code: null), CliJson.Plain.ClusterChangeJson);
            return Task.FromResult(ExitCode.Ok);
        });
}
