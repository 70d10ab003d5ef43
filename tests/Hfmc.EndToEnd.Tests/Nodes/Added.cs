using System.Text.Json;

namespace Hfmc.EndToEnd.Tests.Nodes;

/// <summary>The JSON of <c>model add</c>.</summary>
readonly record struct Added(JsonElement Json)
{
    public string Commit => Text("commit");

    public string Path => Text("path");

    public string Metadata => Text("metadata");

    public int Files => Json.GetProperty("files").GetInt32();

    public long Bytes => Json.GetProperty("bytes").GetInt64();

    public long Disk => From("disk");

    public long Peer => From("peer");

    public long Mirror => From("mirror");

    public long Hub => From("hub");

    /// <summary>All four: what <c>bytes</c> must be.</summary>
    public long Sum => Disk + Peer + Mirror + Hub;

    string Text(string key) => Json.GetProperty(key).GetString()!;

    long From(string kind) => Json.GetProperty("sources").GetProperty(kind).GetInt64();
}
