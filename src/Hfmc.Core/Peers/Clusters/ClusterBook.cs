using System.Text.Json;
using System.Text.Json.Serialization;
using Hfmc.Core.Platform;
using Hfmc.Core.Settings;

namespace Hfmc.Core.Peers;

/// <summary>The cluster that this machine belongs to. Immutable.</summary>
public sealed record Cluster(ClusterKey Key, IReadOnlyDictionary<NodeId, MemberRemoval> Removed);

/// <summary>
/// The cluster of this machine, in <c>nodes/&lt;machine-id&gt;/cluster.json</c>, readable by its owner alone: the join code and who was
/// removed. Looked at anew at each use, so a running daemon takes a change at once. Safe for several threads.
/// </summary>
public sealed class ClusterBook(HomePaths home)
{
    /// <summary>Removals that one cluster knows.</summary>
    public const int MostRemoved = 1024;

    const int Largest = 1 << 20;

    static readonly Lock s_lock = new();

    (DateTime Written, long Length, Cluster? Cluster)? _read;

    string File => Path.Combine(home.NodeFolder, "cluster.json");

    /// <summary>Null when this machine is in none.</summary>
    public Cluster? Read()
    {
        var file = new FileInfo(File);
        var state = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        lock (s_lock)
        {
            if (_read is { } known && (known.Written, known.Length) == state)
                return known.Cluster;
            var cluster = Load();
            _read = (state.LastWriteTimeUtc, state.Length, cluster);
            return cluster;
        }
    }

    /// <summary>Makes this machine a member; false when it is in a cluster already.</summary>
    public bool Join(ClusterKey key)
    {
        lock (s_lock)
            return Load() is null && PrivateFile.TryCreate(File, Content(new(key, new Dictionary<NodeId, MemberRemoval>())), DiskPlace.Home);
    }

    /// <summary>False when it is in none.</summary>
    public bool Leave() => PrivateFile.Delete(File, DiskPlace.Home);

    /// <summary>Enters who is no member any more; what the key has not said, and what is too much, is passed over. False when nothing is new.</summary>
    public bool Remove(IEnumerable<MemberRemoval> removals)
    {
        lock (s_lock)
        {
            if (Load() is not { } cluster)
                return false;
            var removed = new Dictionary<NodeId, MemberRemoval>(cluster.Removed);
            foreach (var removal in removals)
                if (removed.Count < MostRemoved && NodeId.TryParse(removal.Node, out var said) && !removed.ContainsKey(said) && removal.Proven(cluster.Key) is { } node)
                    removed[node] = removal;
            if (removed.Count == cluster.Removed.Count)
                return false;
            PrivateFile.Write(File, Content(cluster with { Removed = removed }), DiskPlace.Home);
            return true;
        }
    }

    Cluster? Load()
    {
        if (PrivateFile.ReadText(File, Largest, DiskPlace.Home) is not { } text)
            return null;
        try
        {
            if (JsonSerializer.Deserialize(text, ClusterJson.Default.ClusterFile) is { } file && ClusterKey.Parse(file.Code) is { } key)
                return new(key, (file.Removed ?? []).Select(removal => (Node: removal?.Proven(key), Removal: removal)).Where(removal => removal.Node is not null)
                    .DistinctBy(removal => removal.Node).ToDictionary(removal => removal.Node!.Value, removal => removal.Removal!));
        }
        catch (JsonException)
        {
            // Said below.
        }
        throw new InputException($"{File} does not hold a cluster: restore it, or run 'hfmc cluster leave' and join again");
    }

    static byte[] Content(Cluster cluster) => JsonSerializer.SerializeToUtf8Bytes(new(cluster.Key.Code, [.. cluster.Removed.Values]), ClusterJson.Default.ClusterFile);
}

/// <summary>cluster.json.</summary>
sealed record ClusterFile(string? Code, MemberRemoval?[]? Removed);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, MaxDepth = 8)]
[JsonSerializable(typeof(ClusterFile))]
sealed partial class ClusterJson : JsonSerializerContext;
