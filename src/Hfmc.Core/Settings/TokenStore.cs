using System.Text;
using Hfmc.Core.Platform;

namespace Hfmc.Core.Settings;

/// <summary>A token and where it was: <c>environment HF_TOKEN</c>, or the path of the login file.</summary>
public readonly record struct FoundToken(AccessToken Token, string Origin);

/// <summary>huggingface_hub's login, so that one login serves both: the files <c>token</c> and <c>stored_tokens</c> in HF_HOME.</summary>
public sealed class TokenStore
{
    const int LongestTokenFile = 1 << 16, LongestStoredFile = 1 << 20;

    static readonly string[] s_variables = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"];

    readonly ProcessEnvironment _environment;

    /// <summary>Finds the files' places and reads none.</summary>
    public TokenStore(ProcessEnvironment environment)
    {
        _environment = environment;
        TokenFile = TokenFileIn(environment);
        StoredTokensFile = Path.Combine(Path.GetDirectoryName(TokenFile) ?? TokenFile, "stored_tokens");
    }

    /// <summary>The active token: <c>$HF_TOKEN_PATH</c>, else <c>$HF_HOME/token</c>. Absolute.</summary>
    public string TokenFile { get; }

    /// <summary>All tokens by name, beside <see cref="TokenFile"/>.</summary>
    public string StoredTokensFile { get; }

    /// <summary>The token to send, or null: none, or HF_HUB_DISABLE_IMPLICIT_TOKEN. An <see cref="InputException"/> when what is there is no token.</summary>
    public FoundToken? Read() => _environment.IsTrue("HF_HUB_DISABLE_IMPLICIT_TOKEN") ? null : Find();

    /// <summary>The token there is, or null, whether it may be sent unasked or not: for <c>auth whoami</c>.</summary>
    public FoundToken? Find()
    {
        // As in huggingface_hub, the first variable that is set hides the second, even when it holds spaces only.
        var variable = Array.Find(s_variables, name => _environment[name] is not null);
        return variable is not null && Parse(_environment[variable], SettingOrigin.Of(variable)) is { } found
            ? found
            : Parse(PrivateFile.ReadText(TokenFile, LongestTokenFile, DiskPlace.Login), TokenFile);
    }

    /// <summary>Makes the token the active login and keeps it under its name. An <see cref="InputException"/> for a name that cannot be one.</summary>
    public void Save(AccessToken token, string name)
    {
        // The active one last: a crash between the two leaves the former login.
        var stored = ReadStored();
        stored.Set(name, token);
        WriteStored(stored);
        PrivateFile.Write(TokenFile, Encoding.ASCII.GetBytes(token.Reveal()), DiskPlace.Login);
    }

    /// <summary>Ends the active login and drops its stored copies; other stored tokens stay. False when there was no login file.</summary>
    public bool Forget()
    {
        if (AccessToken.TryParse(PrivateFile.ReadText(TokenFile, LongestTokenFile, DiskPlace.Login), out var active))
        {
            var stored = ReadStored();
            if (stored.Remove(active))
                WriteStored(stored);
        }

        return PrivateFile.Delete(TokenFile, DiskPlace.Login);
    }

    StoredTokens ReadStored() => StoredTokens.Parse(PrivateFile.ReadText(StoredTokensFile, LongestStoredFile, DiskPlace.Login) ?? "");

    void WriteStored(StoredTokens stored)
    {
        if (stored.ToString() is { Length: > 0 } text)
            PrivateFile.Write(StoredTokensFile, Encoding.UTF8.GetBytes(text), DiskPlace.Login);
        else
            PrivateFile.Delete(StoredTokensFile, DiskPlace.Login);
    }

    static FoundToken? Parse(string? text, string origin)
    {
        if (AccessToken.Clean(text).Length is 0)
            return null;
        return AccessToken.TryParse(text, out var token)
            ? new(token, origin)
            : throw new InputException($"{origin} does not hold {AccessToken.Wanted}: correct it, or run 'hfmc auth login'");
    }

    static string TokenFileIn(ProcessEnvironment environment)
    {
        if (environment.Trimmed("HF_TOKEN_PATH") is { } path)
            return Absolute("HF_TOKEN_PATH", path, environment);
        if (environment.Trimmed("HF_HOME") is { } home)
            return Path.Combine(Absolute("HF_HOME", home, environment), "token");
        return Path.Combine(Absolute("XDG_CACHE_HOME", environment.Trimmed("XDG_CACHE_HOME") ?? "~/.cache", environment), "huggingface", "token");
    }

    static string Absolute(string variable, string text, ProcessEnvironment environment) =>
        PathText.Absolute(text, variable, environment, withVariables: true);
}
