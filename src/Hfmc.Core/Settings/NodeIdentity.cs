using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Hfmc.Core.Platform;

namespace Hfmc.Core.Settings;

/// <summary>Who this machine is to others: a key and its certificate, in <c>nodes/{machine-id}/node.pem</c>, readable by their owner alone.</summary>
public sealed class NodeIdentity(HomePaths home)
{
    const int LargestSize = 1 << 16;

    readonly string _former = System.IO.Path.Combine(home.NodeFolder, "node.json");

    public string Path { get; } = System.IO.Path.Combine(home.NodeFolder, "node.pem");

    /// <summary>The id that this node had until this moment, when its first key was just made in the place of one from an earlier version.</summary>
    public NodeId? Replaced { get; private set; }

    /// <summary>
    /// The key, made at first use; of several processes that come first together, all get the same.
    /// A file that holds none is an <see cref="InputException"/>: a new key would make this node a stranger to its peers.
    /// </summary>
    public NodeCertificate ReadOrCreate()
    {
        if (Read() is { } known)
            return known;
        var made = NodeCertificate.Create();
        if (!PrivateFile.TryCreate(Path, Encoding.ASCII.GetBytes(made.ToPem()), DiskPlace.Home))
            return Read() ?? throw new DiskException($"{Path} was there and is gone: run the command again");
        Replaced = FormerId();
        PrivateFile.Delete(_former, DiskPlace.Home);
        return made;
    }

    NodeCertificate? Read() => PrivateFile.ReadText(Path, LargestSize, DiskPlace.Home) is { } text
        ? NodeCertificate.FromPem(text) ?? throw new InputException($"{Path} does not hold a node's key: restore it, or delete it to make this machine a new node")
        : null;

    // Earlier versions had a random id without a key; nothing can be proven with it, so it goes.
    NodeId? FormerId()
    {
        try
        {
            return PrivateFile.ReadText(_former, LargestSize, DiskPlace.Home) is { } text
                && NodeId.TryParse(JsonSerializer.Deserialize(text, FormerNodeJson.Default.FormerNode)?.Id, out var id) ? id : null;
        }
        catch (Exception error) when (error is JsonException or InputException)
        {
            return null;
        }
    }
}

/// <summary>node.json of version 0.1.</summary>
sealed record FormerNode(string? Id);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(FormerNode))]
sealed partial class FormerNodeJson : JsonSerializerContext;
