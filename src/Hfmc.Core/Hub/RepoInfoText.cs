using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hfmc.Core.Hub;

/// <summary>
/// An upstream's JSON of a repo as it is kept beside the files, for the time when no upstream answers: without the list of files, which is
/// known better, and without what says that Xet can be had.
/// </summary>
static class RepoInfoText
{
    /// <summary>In characters; most are a tenth of it.</summary>
    public const int Longest = 256 << 10;

    static readonly JsonDocumentOptions s_strict = new() { AllowDuplicateProperties = false };

    /// <summary>Null when it is too long, or no object with names that are text.</summary>
    public static string? Of(ReadOnlyMemory<byte> json)
    {
        try
        {
            if (JsonNode.Parse(json.Span, documentOptions: s_strict) is not JsonObject info)
                return null;
            info.Remove("siblings");
            info.Remove("xetEnabled");
            return info.ToJsonString() is { Length: <= Longest } text ? text : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // The second for a name whose bytes or escapes are no text, which is found when it is looked at.
            return null;
        }
    }
}
