using System.CommandLine;
using Hfmc.Core;
using Hfmc.Core.Hub;
using Hfmc.Core.Settings;
using Hfmc.Output;

namespace Hfmc.Commands;

static class AuthWhoAmICommand
{
    public static Command Create() => new Command("whoami", "Print who the token belongs to")
        .WithExamples("hfmc auth whoami")
        .Runs(async (session, _, cancellationToken) =>
        {
            var found = new TokenStore(session.Environment).Find() ?? throw new DeniedException("not logged in: run 'hfmc auth login'");
            var verdict = await TokenVerdict.AskAsync(session.Settings, found.Token, session.Time, ProgramVersion.UserAgent, cancellationToken);
            if (verdict.Account is not { } account)
                throw verdict.Rejection is { } rejection
                    ? new DeniedException($"{rejection} (from {found.Origin}): run 'hfmc auth login' with a valid one")
                    : new OfflineException($"a token is stored ({found.Origin}), but nobody could say whose it is: {verdict.Silence}");
            if (session.Terminal.Mode.Json)
            {
                session.Terminal.Json(AccountJson.Of(verdict), CliJson.Plain.AccountJson);
                return ExitCode.Ok;
            }
            session.Terminal.Data(account.Name);
            if (account.Organisations.Count > 0)
                session.Terminal.Data($"orgs: {string.Join(", ", account.Organisations)}");
            session.Terminal.Detail($"at {verdict.Home}, with the token of {found.Origin}");
            return ExitCode.Ok;
        });
}
