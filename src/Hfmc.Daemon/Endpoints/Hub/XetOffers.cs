using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Daemon.Serving.Xet;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>
/// Which Xet ids clients are told of: those that <see cref="XetIds"/> offers, as this daemon serves them itself, and none of an upstream's, or
/// they would pass over this daemon (hub-api, 10). All listings take them from here, those of this daemon and those that are passed on.
/// </summary>
sealed class XetOffers(XetIds ids)
{
    static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    /// <summary>
    /// The id to tell of a file; null for none. A gated repo lists its files to strangers, but not what their bytes are found by: the Hub
    /// writes asterisks there.
    /// </summary>
    public string? IdOf(RepoView view, RepoFile file) =>
        view.IsPublic || view.Caller.Token is not null || view.Origin is not ListingOrigin.Upstream ? ids.Offered(new(view.Repo, view.Commit, file))?.ToString() : null;

    /// <summary>
    /// An upstream's JSON as clients get it, without files whose names cannot be kept here: they could not be had; null when it is no JSON.
    /// </summary>
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
                for (var at = list.Count - 1; at >= 0; at--)
                    if (IsOdd(list[at]))
                        list.RemoveAt(at);
                    else
                        Clean(list[at]);
                break;
            case JsonObject members:
                members.Remove("xetHash");
                members.Remove("xetEnabled");
                if (members["siblings"] is JsonArray siblings)
                    Clean(siblings);
                break;
        }
    }

    // An entry of a tree, or of siblings.
    static bool IsOdd(JsonNode? entry) =>
        entry is JsonObject file && (file["path"] ?? file["rfilename"]) is JsonValue value && value.TryGetValue<string>(out var name) && !FilePath.TryParse(name, out _);
}
