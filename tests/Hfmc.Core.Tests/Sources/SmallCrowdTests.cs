using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Sources;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Sources;

/// <summary>Who gets which small blob: by what each node knows, without a network.</summary>
public sealed class SmallCrowdTests
{
    static readonly ETag[] Blobs = [.. Enumerable.Range(0, 200).Select(number => BytesContent.Of($"blob {number}").Sha256)];

    [Fact]
    public void Who_is_alone_owns_all()
    {
        var node = new Node();

        Assert.All(Blobs, blob => Assert.True(node.Look(blob).IsOwn));
        Assert.True(node.Book.Of(Blobs).Begun.IsFull);
    }

    [Fact]
    public void Of_nodes_that_know_each_other_each_blob_has_one_owner_and_the_shares_are_alike()
    {
        Node[] nodes = [.. Enumerable.Range(0, 4).Select(_ => new Node())];
        foreach (var node in nodes)
            foreach (var other in nodes.Where(other => other != node))
                node.Hears(other, wanted: Blobs, begun: []);

        var owners = Blobs.Select(blob => nodes.Where(node => node.Look(blob).IsOwn).ToList()).ToList();

        Assert.All(owners, owner => Assert.Single(owner));
        Assert.All(nodes, node => Assert.InRange(owners.Count(owner => owner[0] == node), 20, 90));
    }

    [Fact]
    public void What_somebody_has_begun_is_taken_from_there_whoever_the_owner_would_be()
    {
        var (early, late) = (new Node(), new Node());
        late.Hears(early, wanted: Blobs, begun: Blobs[..150]);

        Assert.All(Blobs[..150], blob => Assert.Equal([early.Address], late.Look(blob).Before));
        Assert.InRange(Blobs[150..].Count(blob => late.Look(blob).IsOwn), 5, 45);
    }

    [Fact]
    public void Who_comes_later_is_left_its_share_of_what_is_not_begun()
    {
        var (early, late) = (new Node(), new Node());
        foreach (var blob in Blobs[..100])
            Assert.True(early.Look(blob).IsOwn);

        using var entry = early.Wanting.Enter(new(late.Id, late.Address, Blobs.ToHashSet()));

        var (_, begun) = early.Book.Of(Blobs);
        Assert.Equal(100, begun.Count);
        late.Hears(early, wanted: Blobs, begun: Blobs[..100]);
        Assert.All(Blobs[100..], blob => Assert.NotEqual(early.Look(blob).IsOwn, late.Look(blob).IsOwn));
    }

    [Fact]
    public void Who_has_gone_owns_nothing_any_more()
    {
        var (node, gone) = (new Node(), new Node());
        node.Hears(gone, wanted: Blobs, begun: Blobs);

        node.Crowd.Leave(Rendezvous.Key(gone.Id));

        Assert.All(Blobs, blob => Assert.True(node.Look(blob).IsOwn));
    }

    [Fact]
    public void A_node_without_an_upstream_asks_those_it_has_met_and_owns_nothing()
    {
        var (node, other) = (new Node(sharesWork: false), new Node());
        node.Crowd.Meet(Rendezvous.Key(other.Id), other.Address);

        Assert.Null(node.Crowd.Names);
        Assert.All(Blobs, blob => Assert.Equal([other.Address], node.Look(blob).Before));
        Assert.Equal(0, node.Book.Of(Blobs).Wanted.Count);
    }

    [Fact]
    public void Bits_of_another_length_are_a_lie()
    {
        var (node, other) = (new Node(), new Node());
        var news = new PeerNews(null, null) { SmallWanted = new PieceSet(Blobs.Length + 8).ToText(), SmallBegun = new PieceSet(Blobs.Length).ToText() };

        Assert.Equal(SourceFault.Lied, Assert.Throws<SourceException>(() => node.Crowd.Hear(1, other.Address, news)).Fault);
    }

    [Fact]
    public void Nobody_waits_in_a_circle_whatever_each_of_them_knows() =>
        Seeds.Run(nameof(Nobody_waits_in_a_circle_whatever_each_of_them_knows), 30, random =>
        {
            Node[] nodes = [.. Enumerable.Range(0, 6).Select(_ => new Node())];
            var turns = new Dictionary<(Node, ETag), SmallTurn>();
            // They look one after the other, and hear of each other in between.
            for (var step = 0; step < 300; step++)
            {
                var (node, other, blob) = (nodes[random.Next(6)], nodes[random.Next(6)], Blobs[random.Next(10)]);
                if (node != other && random.Next(2) is 0)
                    node.Hears(other, Blobs, other.Begun());
                else if (!turns.ContainsKey((node, blob)))
                    turns[(node, blob)] = node.Look(blob);
            }

            foreach (var (node, blob) in turns.Keys)
                for (var (at, steps) = (node, 0); turns.TryGetValue((at, blob), out var turn) && !turn.IsOwn; steps++)
                {
                    Assert.True(steps < 6, "a circle");
                    at = nodes.Single(other => other.Address == turn.Before[0]);
                }
        });

    sealed class Node
    {
        static int s_ports = 1000;

        public Node(bool sharesWork = true) =>
            Crowd = new(Id, Blobs, Book.Enter(Blobs, sharesWork), sharesWork, Wanting, new(new(new(new SocketsHttpHandler()), TimeProvider.System, null), TimeProvider.System));

        public NodeId Id { get; } = NodeId.New();

        public PeerAddress Address { get; } = new("127.0.0.1", Interlocked.Increment(ref s_ports));

        public SmallBook Book { get; } = new();

        public CrowdBook Wanting { get; } = new();

        public SmallCrowd Crowd { get; }

        public SmallTurn Look(ETag blob) => Crowd.TakeTurn(blob, isHeld: false);

        public ETag[] Begun()
        {
            var (_, begun) = Book.Of(Blobs);
            return [.. Blobs.Where((_, at) => begun.Contains(at))];
        }

        public void Hears(Node other, ETag[] wanted, ETag[] begun) =>
            Crowd.Hear(Rendezvous.Key(other.Id), other.Address, new(null, null) { SmallWanted = Bits(wanted), SmallBegun = Bits(begun) });

        static string Bits(ETag[] of)
        {
            var bits = new PieceSet(Blobs.Length);
            for (var at = 0; at < Blobs.Length; at++)
                if (of.Contains(Blobs[at]))
                    bits.Add(at);
            return bits.ToText();
        }
    }
}
