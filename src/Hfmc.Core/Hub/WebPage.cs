using Hfmc.Core.Transfers;

namespace Hfmc.Core.Hub;

/// <summary>A page for people where the Hub's API has JSON: the network wants a login first (a captive portal), or the address is that of something else.</summary>
static class WebPage
{
    public static bool Is(HttpResponseMessage response) => response.Content.Headers.ContentType?.MediaType is "text/html" or "application/xhtml+xml";

    /// <summary>Of answers to questions that have JSON as their answer.</summary>
    /// <exception cref="SourceException">It is a page, given as if it were the answer.</exception>
    public static void Refuse(HubAnswer answer)
    {
        if (answer.Response.IsSuccessStatusCode && Is(answer.Response))
            throw ConnectionFaults.Portal(answer.Address.IsDefaultPort ? answer.Address.Host : answer.Address.Authority);
    }
}
