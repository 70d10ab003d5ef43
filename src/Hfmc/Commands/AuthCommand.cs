using System.CommandLine;

namespace Hfmc.Commands;

static class AuthCommand
{
    public static Command Create() => new Command("auth", "Log in to the Hub for gated and private models; 'hf auth login' is the same login")
    {
        AuthLoginCommand.Create(),
        AuthLogoutCommand.Create(),
        AuthWhoAmICommand.Create(),
    }.WithExamples("hfmc auth login", "hfmc auth whoami");
}
