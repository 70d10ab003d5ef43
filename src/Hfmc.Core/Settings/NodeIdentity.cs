using System.Text.Json;
using System.Text.Json.Serialization;
using Hfmc.Core.Platform;

namespace Hfmc.Core.Settings;

/// <summary>The node id of this machine in this home folder, kept in <c>nodes/{machine-id}/node.json</c>.</summary>
public sealed class NodeIdentity(HomePaths home)
{
    const int LargestSize = 1 << 16;

    public string Path { get; } = System.IO.Path.Combine(home.NodeFolder, "node.json");

    /// <summary>
    /// The id, made at first use; of several processes that come first together, all get the same.
    /// A file that holds none is an <see cref="InputException"/>: a new id would make this node a stranger to its peers.
    /// </summary>
    public NodeId ReadOrCreate()
    {
        if (Read() is { } known)
            return known;
        var made = NodeId.New();
        if (PrivateFile.TryCreate(Path, JsonSerializer.SerializeToUtf8Bytes(new(made.Text), NodeJson.Default.NodeFile)))
            return made;
        return Read() ?? throw new DiskException($"{Path} was there and is gone: run the command again");
    }

    NodeId? Read()
    {
        if (PrivateFile.ReadText(Path, LargestSize) is not { } text)
            return null;
        try
        {
            if (NodeId.TryParse(JsonSerializer.Deserialize(text, NodeJson.Default.NodeFile)?.Id, out var id))
                return id;
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new InputException($"{Path} does not hold a node id: restore it, or delete it to make this machine a new node");
    }
}

/// <summary>node.json. Members of later versions are skipped.</summary>
sealed record NodeFile(string? Id);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(NodeFile))]
sealed partial class NodeJson : JsonSerializerContext;
