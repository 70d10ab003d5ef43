using Hfmc.Core.Transfers;

namespace Hfmc.Core.Peers;

/// <summary>How long the lists in the messages of <see cref="PeerProtocol"/> may be.</summary>
static class PeerLists
{
    // Six letters are the most that JSON makes of one.
    const int LongestName = 6 * 64;

    public sealed class Names() : BoundedTexts(PeerProtocol.MostBlobs, LongestName);

    public sealed class Features() : BoundedTexts(PeerProtocol.MostFeatures, LongestName);

    public sealed class Blobs() : BoundedList<PeerBlob>(PeerProtocol.MostBlobs);

    public sealed class Files() : BoundedList<PeerFile>(PeerProtocol.MostFiles);

    public sealed class News() : BoundedList<PeerBlobNews>(PeerProtocol.MostBlobs);

    public sealed class Members() : BoundedList<PeerMember>(PeerProtocol.MostNamed);
}
