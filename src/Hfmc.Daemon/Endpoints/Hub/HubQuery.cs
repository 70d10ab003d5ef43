using Hfmc.Core.Hub;
using Hfmc.Core.Repos;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>What a client adds to a question: switches after <c>?</c>, and the question as an upstream would be asked it.</summary>
static class HubQuery
{
    /// <summary>Python sends <c>true</c>, and before 1.0 <c>True</c>.</summary>
    public static bool IsOn(string? text) => string.Equals(text, "true", StringComparison.OrdinalIgnoreCase) || text is "1";

    public static bool Has(HttpRequest request, string name) => IsOn(request.Query[name].ToString());

    /// <summary>The names after <c>expand</c> or <c>expand[]</c>, which may be repeated.</summary>
    public static IReadOnlyList<string> Expanded(HttpRequest request) =>
        [.. request.Query["expand"].Concat(request.Query["expand[]"]).OfType<string>()];

    /// <summary>The question about a repo, with all that the client added.</summary>
    public static HubQuestion Of(HttpRequest request, RepoId repo, string verb, Revision? revision = null, FilePath? path = null)
    {
        var place = string.Join('/', ((string?[])[verb, Escaped(revision?.Text), path is { } named ? string.Join('/', named.Text.Split('/').Select(Escaped)) : null])
            .Where(part => !string.IsNullOrEmpty(part)));
        return new($"api/{repo.ApiPath}{(place.Length > 0 ? "/" : "")}{place}{request.QueryString}") { IsOfCommit = revision is { IsCommit: true } };
    }

    static string? Escaped(string? text) => text is null ? null : Uri.EscapeDataString(text);
}
