using System.CommandLine;
using Hfmc.Core;
using Hfmc.Core.Hub;
using Hfmc.Core.Settings;
using Hfmc.Output;

namespace Hfmc.Commands;

static class AuthLoginCommand
{
    const string Unnamed = "hfmc";

    public static Command Create()
    {
        var command = new Command("login", "Store an access token of huggingface.co, where huggingface_hub has it too");
        var token = new Option<string?>("--token") { Description = "-: read the token from stdin", HelpName = "-" };
        command.Options.Add(token);
        return command
            .WithExamples("hfmc auth login", "hfmc auth login --token - < token.txt")
            .Runs(async (session, parsed, cancellationToken) =>
            {
                if (parsed.GetValue(token) is not (null or "-"))
                    throw new InputException("a token in an argument shows in the process list and the shell's history: leave it out to be asked for it, "
                        + "or pipe it to 'hfmc auth login --token -'; if this one was real, replace it at https://huggingface.co/settings/tokens");
                return await LoginAsync(session, Read(session, stdin: parsed.GetValue(token) is "-"), cancellationToken);
            });
    }

    static async Task<int> LoginAsync(Session session, AccessToken token, CancellationToken cancellationToken)
    {
        var verdict = await TokenVerdict.AskAsync(session.Settings, token, session.Time, ProgramVersion.UserAgent, cancellationToken);
        if (verdict.Account is null && verdict.Rejection is { } rejection)
            throw new DeniedException($"{rejection}, so nothing was stored: make a new one at {session.Settings.TokenHome}/settings/tokens");
        var store = new TokenStore(session.Environment);
        Save(store, token, verdict.Account?.TokenName ?? Unnamed);

        if (verdict.Account is null)
            session.Terminal.Warn($"the token is stored but not checked: {verdict.Silence}");
        else
            session.Terminal.Say($"logged in as {verdict.Account.Name} at {verdict.Home}; the token is in {store.TokenFile}");
        if (store.Find() is { } used && used.Origin != store.TokenFile)
            session.Terminal.Warn($"{used.Origin} is set and used instead of this login");
        if (session.Terminal.Mode.Json)
            session.Terminal.Json(AccountJson.Of(verdict), CliJson.Plain.AccountJson);
        return ExitCode.Ok;
    }

    static void Save(TokenStore store, AccessToken token, string name)
    {
        try
        {
            store.Save(token, name);
        }
        catch (InputException) when (name != Unnamed)
        {
            // What the Hub lets people call a token need not be a name that the file can hold.
            store.Save(token, Unnamed);
        }
    }

    static AccessToken Read(Session session, bool stdin)
    {
        var asks = !stdin && session.Terminal.CanAsk;
        var text = asks
            ? SecretPrompt.Ask("Token (from https://huggingface.co/settings/tokens, not shown):")
            : StandardInput.FirstLine();
        return AccessToken.TryParse(text, out var token)
            ? token
            : throw new InputException($"{(asks ? "what was typed" : "the first line of stdin")} is not {AccessToken.Wanted}");
    }
}
