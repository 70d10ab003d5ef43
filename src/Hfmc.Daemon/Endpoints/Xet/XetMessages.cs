using System.Text.Json.Serialization;

namespace Hfmc.Daemon.Endpoints.Xet;

/// <summary>The answer to <c>xet-read-token</c>: a token for the CAS at that address, good until that second since 1970.</summary>
sealed record XetTokenMessage(
    [property: JsonPropertyName("accessToken")] string AccessToken, [property: JsonPropertyName("exp")] long Exp, [property: JsonPropertyName("casUrl")] string CasUrl);

/// <summary>A reconstruction as version 1 of the CAS says it.</summary>
sealed record ReconstructionMessageV1(int OffsetIntoFirstRange, TermMessage[] Terms, Dictionary<string, FetchMessageV1[]> FetchInfo);

/// <summary>As version 2 says it: one link for all ranges of a xorb.</summary>
sealed record ReconstructionMessageV2(int OffsetIntoFirstRange, TermMessage[] Terms, Dictionary<string, FetchMessageV2[]> Xorbs);

/// <summary>Several whole files at once, in version 1.</summary>
sealed record ReconstructionsMessage(Dictionary<string, TermMessage[]> Files, Dictionary<string, FetchMessageV1[]> FetchInfo);

sealed record TermMessage(string Hash, long UnpackedLength, RangeMessage Range);

/// <summary>Of chunks the end is exclusive, of bytes inclusive: the CAS has it so.</summary>
readonly record struct RangeMessage(long Start, long End);

sealed record FetchMessageV1(RangeMessage Range, string Url, RangeMessage UrlRange);

sealed record FetchMessageV2(string Url, PieceMessage[] Ranges);

sealed record PieceMessage(RangeMessage Chunks, RangeMessage Bytes);

/// <summary>What <c>@huggingface/hub</c> asks of a file that it may read as Xet; it heeds the headers of the answer.</summary>
sealed record XetFileMessage(string Hash, string Etag, long Size, string RefreshUrl, string ReconstructionUrl);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(XetTokenMessage))]
[JsonSerializable(typeof(ReconstructionMessageV1))]
[JsonSerializable(typeof(ReconstructionMessageV2))]
[JsonSerializable(typeof(ReconstructionsMessage))]
sealed partial class XetMessageJson : JsonSerializerContext;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(XetFileMessage))]
sealed partial class XetFileJson : JsonSerializerContext;
