using System.Text.Json;
using System.Text.Json.Serialization;
using Hfmc.Core.Planning;

namespace Hfmc.Output;

/// <summary><c>{"error":{...}}</c>: what <c>--json</c> prints on failure.</summary>
sealed record ErrorJson(ErrorBody Error);

sealed record ErrorBody(int Code, string Kind, string Message);

/// <summary>The shapes of <c>--json</c>: names are a promise (docs/command-line.md).</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ErrorJson))]
[JsonSerializable(typeof(AddJson))]
[JsonSerializable(typeof(Commands.StatusJson))]
[JsonSerializable(typeof(Commands.StartedJson))]
[JsonSerializable(typeof(Commands.StoppedJson))]
[JsonSerializable(typeof(DetachedJson))]
[JsonSerializable(typeof(RepoJson[]))]
[JsonSerializable(typeof(FileJson[]))]
[JsonSerializable(typeof(RemovalJson))]
[JsonSerializable(typeof(PruneJson))]
[JsonSerializable(typeof(VerifyJson))]
[JsonSerializable(typeof(ImportJson))]
[JsonSerializable(typeof(FoundJson[]))]
[JsonSerializable(typeof(SettingJson))]
[JsonSerializable(typeof(SettingJson[]))]
[JsonSerializable(typeof(EnvJson))]
[JsonSerializable(typeof(AccountJson))]
[JsonSerializable(typeof(LogoutJson))]
[JsonSerializable(typeof(PeerLine[]))]
[JsonSerializable(typeof(PeerChangeJson))]
[JsonSerializable(typeof(MemberLine[]))]
[JsonSerializable(typeof(ClusterChangeJson))]
[JsonSerializable(typeof(MemberRemovedJson))]
[JsonSerializable(typeof(ServiceJson))]
[JsonSerializable(typeof(UninstallJson))]
sealed partial class CliJson : JsonSerializerContext
{
    /// <summary>Paths and names in their own letters, not as escapes: this is no web page.</summary>
    public static CliJson Plain { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

sealed record AddJson(
    string Repo, string RepoType, string Revision, string Commit, string Path, int Files, long Bytes,
    AddBytes Sources, int Peers, string Metadata, IReadOnlyList<string> Skipped, int Retries, double Seconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? RefAgeS = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<PlannedFile>? Plan = null)
{
    public static AddJson Of(AddOutcome done) => new(
        done.Repo, done.RepoType, done.Revision, done.Commit, done.Path, done.Files, done.Bytes, done.Sources, done.Givers, done.Metadata, done.Skipped, done.Retries, done.Seconds, done.RefAgeS,
        done.Plan.Count > 0 ? done.Plan : null);
}

/// <summary><c>model add --detach --json</c>: the daemon goes on alone.</summary>
sealed record DetachedJson(bool Detached, string Repo, string RepoType, string Revision);
