using System.CommandLine;
using Hfmc.Core.Settings;
using Hfmc.Output;

namespace Hfmc.Commands;

static class AuthLogoutCommand
{
    public static Command Create() => new Command("logout", "Forget the stored token")
        .WithExamples("hfmc auth logout")
        .Runs((session, _, _) =>
        {
            var store = new TokenStore(session.Environment);
            var forgotten = store.Forget();
            session.Terminal.Say(forgotten ? $"logged out: {store.TokenFile} is gone" : "not logged in: there was nothing to forget");
            var left = store.Find()?.Origin;
            if (left is not null)
                session.Terminal.Warn($"a token still holds, by {left}: unset it to be logged out");
            if (session.Terminal.Mode.Json)
                session.Terminal.Json(new(forgotten, left), CliJson.Plain.LogoutJson);
            return Task.FromResult(ExitCode.Ok);
        });
}
