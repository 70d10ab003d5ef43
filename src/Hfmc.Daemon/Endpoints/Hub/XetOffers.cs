using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>
/// Which Xet ids clients are told of: none, or they would fetch from the Xet servers and pass over this daemon (hub-api, 10). All answers
/// take them from here, those of this daemon and those that are passed on.
/// </summary>
sealed class XetOffers
{
    static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    /// <summary>The id to tell of a file; null for none.</summary>
    public string? IdOf(RepoView view, RepoFile file) => null;

    /// <summary>An upstream's JSON as clients get it; null when it is no JSON.</summary>
    public JsonNode? Clean(ReadOnlyMemory<byte> body)
    {
        try
        {
            var json = JsonNode.Parse(Encoding.UTF8.GetString(body.Span), documentOptions: s_strict);
            Clean(json);
            return json;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static void Clean(JsonNode? json)
    {
        switch (json)
        {
            case JsonArray list:
                foreach (var item in list)
                    Clean(item);
                break;
            case JsonObject members:
                members.Remove("xetHash");
                members.Remove("xetEnabled");
                if (members["siblings"] is JsonArray siblings)
                    Clean(siblings);
                break;
        }
    }
}
