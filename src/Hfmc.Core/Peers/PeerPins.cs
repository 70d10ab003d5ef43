using System.Text.Json;
using System.Text.Json.Serialization;
using Hfmc.Core.Platform;
using Hfmc.Core.Settings;

namespace Hfmc.Core.Peers;

/// <summary>
/// Who the peers of the <see cref="PeerBook"/> were when they first proved it, in <c>nodes/&lt;machine-id&gt;/pins.json</c>:
/// <c>{"192.168.1.7:9090": "31bd...", ...}</c>. Read anew at each use.
/// </summary>
public sealed class PeerPins(HomePaths home)
{
    const int Largest = 1 << 20;

    // Of this process; of two processes that pin at one moment one may lose a pin, which is made again at the next contact.
    static readonly Lock s_lock = new();

    string File => Path.Combine(home.NodeFolder, "pins.json");

    /// <summary>Null for a peer that has not proven yet who it is.</summary>
    public NodeId? Of(PeerAddress peer) => NodeId.TryParse(Read().GetValueOrDefault(peer.ToString()), out var id) ? id : null;

    public void Set(PeerAddress peer, NodeId id)
    {
        lock (s_lock)
        {
            var pins = Read();
            pins[peer.ToString()] = id.Text;
            Write(pins);
        }
    }

    public void Forget(PeerAddress peer)
    {
        lock (s_lock)
        {
            var pins = Read();
            if (pins.Remove(peer.ToString()))
                Write(pins);
        }
    }

    Dictionary<string, string> Read()
    {
        if (PrivateFile.ReadText(File, Largest, DiskPlace.Home) is not { } text)
            return [];
        try
        {
            return JsonSerializer.Deserialize(text, PeerPinsJson.Default.DictionaryStringString) ?? [];
        }
        catch (JsonException error)
        {
            throw new InputException($"{File} is not a JSON object of peers and their ids: correct it, or delete it to learn them again", error);
        }
    }

    void Write(Dictionary<string, string> pins) => PrivateFile.Write(File, JsonSerializer.SerializeToUtf8Bytes(pins, PeerPinsJson.Default.DictionaryStringString), DiskPlace.Home);
}

[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(Dictionary<string, string>))]
sealed partial class PeerPinsJson : JsonSerializerContext;
