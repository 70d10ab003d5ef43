using Hfmc.Core.Repos;
using Hfmc.Core.Xet;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Endpoints.Xet;

/// <summary>Absolute addresses of this daemon, under the name that the client itself uses for it.</summary>
static class XetAddress
{
    /// <summary>Of the CAS: the daemon's own root, without a slash at the end.</summary>
    public static string Of(HttpRequest request) => $"{request.Scheme}://{request.Host}";

    public static string OfToken(HttpRequest request, RepoId repo, CommitId commit) => $"{Of(request)}/api/{repo.ApiPath}/xet-read-token/{commit}";

    /// <summary>As the Hub names it: of the first version. Clients make the second out of it.</summary>
    public static string OfFile(HttpRequest request, XetHash id) => $"{Of(request)}/v1/reconstructions/{id}";
}
