using Hfmc.Core.Hub;

namespace Hfmc.Output;

/// <summary>Whose login it is; all null when no home of the token could be asked.</summary>
sealed record AccountJson(string? User, IReadOnlyList<string>? Orgs, string? Endpoint)
{
    public static AccountJson Of(TokenVerdict verdict) => new(verdict.Account?.Name, verdict.Account?.Organisations, verdict.Home?.Text);
}

/// <summary><c>StillHeldBy</c>: an environment variable whose token holds on.</summary>
sealed record LogoutJson(bool LoggedOut, string? StillHeldBy);
