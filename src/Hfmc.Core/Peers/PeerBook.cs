using System.Text.Json;
using System.Text.Json.Serialization;
using Hfmc.Core.Platform;
using Hfmc.Core.Settings;

namespace Hfmc.Core.Peers;

/// <summary>
/// The peers that the user added, in <c>nodes/&lt;machine-id&gt;/peers.json</c>: <c>["192.168.1.7:9090", ...]</c>.
/// Read anew at each use, so a running daemon takes a change at once.
/// </summary>
public sealed class PeerBook(HomePaths home)
{
    const int Largest = 1 << 20, MostPeers = 4096;

    string File => Path.Combine(home.NodeFolder, "peers.json");

    public IReadOnlyList<PeerAddress> Read()
    {
        if (PrivateFile.ReadText(File, Largest, DiskPlace.Home) is not { } text)
            return [];
        try
        {
            // JSON may have null where a text is wanted.
            return [.. ((IReadOnlyList<string?>?)JsonSerializer.Deserialize(text, PeerBookJson.Default.StringArray) ?? []).Select(peer => peer is null ? throw NoList(null) : PeerAddress.Parse(peer))];
        }
        catch (JsonException error)
        {
            throw NoList(error);
        }
    }

    /// <summary>When it was last written: it tells that there is a change, not when that was.</summary>
    public DateTime Written => System.IO.File.GetLastWriteTimeUtc(File);

    /// <summary>False when it was there already.</summary>
    public bool Add(PeerAddress peer)
    {
        var peers = Read();
        if (peers.Contains(peer))
            return false;
        if (peers.Count >= MostPeers)
            throw new InputException($"there are {MostPeers} peers already, which is the most: remove some with 'hfmc peer rm'");
        Write([.. peers, peer]);
        return true;
    }

    /// <summary>False when it was not there.</summary>
    public bool Remove(PeerAddress peer)
    {
        var peers = Read();
        if (!peers.Contains(peer))
            return false;
        Write(peers.Where(known => known != peer));
        return true;
    }

    InputException NoList(JsonException? error) => new($"{File} is not a JSON list of peers: correct it, or delete it and add the peers again", error);

    void Write(IEnumerable<PeerAddress> peers) =>
        PrivateFile.Write(File, JsonSerializer.SerializeToUtf8Bytes([.. peers.Select(peer => peer.ToString())], PeerBookJson.Default.StringArray), DiskPlace.Home);
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(string[]))]
sealed partial class PeerBookJson : JsonSerializerContext;
