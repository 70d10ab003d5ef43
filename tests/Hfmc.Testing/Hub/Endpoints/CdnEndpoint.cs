using System.Net;

namespace Hfmc.Testing;

/// <summary>The content network: gives bytes to whoever holds a valid link, knows nothing of repos, and has ETags of its own.</summary>
static class CdnEndpoint
{
    public static Answer Answer(HubRequest request, SignedLinks links)
    {
        if (links.Find(request.Target) is not { } file || !links.IsValid(request.Target))
            return SignedLinks.Denied;
        if (request.Seen.Method is not ("GET" or "HEAD"))
            return Testing.Answer.Text(HttpStatusCode.MethodNotAllowed, "Method Not Allowed");
        return Testing.Answer.Bytes(file).With("ETag", HeaderFaults.Other($"\"{file.ETag}\"")).With("X-Cache", "Miss from cloudfront");
    }
}
