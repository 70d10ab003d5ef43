using System.Collections.Concurrent;
using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Peers;

/// <summary>How a question goes to a peer: in the clear, or over TLS, and then to whom and nobody else; null for whoever answers there.</summary>
public readonly record struct PeerWay(bool IsTls, NodeId? Expected)
{
    public static PeerWay Clear => default;
}

/// <summary>
/// How this node knows its peers again: those that were added by hand by the key that they proved at first contact, all others by what
/// they said at this address a moment ago, which over TLS they must prove. Safe for several threads.
/// </summary>
public sealed class PeerTrust(NodeCertificate self, TlsChoice choice, HomePaths home, TimeProvider time)
{
    // Enough for every peer of the book; more are forgotten all together, and greeted again.
    const int MostHeard = 4096;

    // A peer whose TLS cannot be reached is not held up by that at each greeting.
    static readonly TimeSpan ProofPause = TimeSpan.FromMinutes(1);

    readonly PeerBook _book = new(home);
    readonly PeerPins _pins = new(home);
    readonly ConcurrentDictionary<PeerAddress, Heard> _heard = new();
    readonly ConcurrentDictionary<PeerAddress, long> _proofs = new();

    /// <summary>Whose key is shown to others.</summary>
    public NodeCertificate Self => self;

    /// <summary>How a question about what is public goes to the peer.</summary>
    public PeerWay WayTo(PeerAddress peer)
    {
        var heard = _heard.TryGetValue(peer, out var said) ? said : (Heard?)null;
        var isTls = choice is TlsChoice.Always || (choice is TlsChoice.Restricted && heard?.Tls == PeerProtocol.TlsAlways);
        return isTls ? new(IsTls: true, heard?.Node ?? _pins.Of(peer)) : PeerWay.Clear;
    }

    /// <summary>How it is greeted: only what was proven is held against it, for it may be another by now.</summary>
    public PeerWay WayToGreet(PeerAddress peer) => WayTo(peer).IsTls ? new(IsTls: true, _pins.Of(peer)) : PeerWay.Clear;

    /// <summary>The node there, if it is one that was added by hand, and can prove it over TLS: only to such a one anything is proven.</summary>
    public NodeId? Pinned(PeerAddress peer) => choice is not TlsChoice.Off && _heard.TryGetValue(peer, out var heard) && _pins.Of(peer) == heard.Node ? heard.Node : null;

    /// <summary>What the peer says must agree with what it once proved.</summary>
    /// <exception cref="SourceException">It is another node than it was.</exception>
    public void Check(PeerAddress peer, NodeId said)
    {
        if (_pins.Of(peer) is { } pinned && pinned != said)
            throw Changed(peer, pinned, said);
    }

    /// <summary>Null when there is nothing to prove, or it was tried a moment ago; else how to ask the peer for its proof.</summary>
    public PeerWay? ProofOf(PeerAddress peer, NodeId said, string? tls)
    {
        if (choice is TlsChoice.Off || tls is not (PeerProtocol.TlsRestricted or PeerProtocol.TlsAlways) || _pins.Of(peer) is not null || !_book.Read().Contains(peer))
            return null;
        if (_proofs.TryGetValue(peer, out var last) && time.GetElapsedTime(last) < ProofPause)
            return null;
        _proofs[peer] = time.GetTimestamp();
        return new(IsTls: true, said);
    }

    /// <summary>It has proven who it is, and is known by that from now on.</summary>
    public void Pin(PeerAddress peer, NodeId proven) => _pins.Set(peer, proven);

    /// <summary>Somebody who is trusted says who it is: so a member of the cluster that was set up anew is no stranger.</summary>
    public void Vouch(PeerAddress peer, NodeId proven)
    {
        if (_pins.Of(peer) != proven && _book.Read().Contains(peer))
            _pins.Set(peer, proven);
    }

    /// <summary>What the peer said of itself, until it says something else.</summary>
    public void Hear(PeerAddress peer, NodeId node, string? tls)
    {
        if (_heard.Count >= MostHeard)
            _heard.Clear();
        if (_proofs.Count >= MostHeard)
            _proofs.Clear();
        _heard[peer] = new(node, tls);
    }

    internal static SourceException Changed(PeerAddress peer, NodeId was, NodeId isNow) => new(SourceFault.Lied,
        $"peer {peer} has another key than when it was added: it was node {was.Short} and is {isNow.Short}; if that machine was set up anew, run 'hfmc peer add {peer} --replace-key'")
    {
        SaysWhatToDo = true,
    };

    readonly record struct Heard(NodeId Node, string? Tls);
}
