using System.Text;
using System.Text.Json;
using Hfmc.Core.Peers;
using Hfmc.Core.Settings;
using Hfmc.Core.Tests.Settings;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Peers;

public sealed class ClusterTests : IDisposable
{
    static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    readonly TempDirectory _temp = new();
    readonly NodeId _node = NodeId.New();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void A_code_is_the_key_however_it_is_typed()
    {
        var key = ClusterKey.New();

        Assert.Matches("^([a-z2-7]{4}-){7}[a-z2-7]{4}$", key.Code);
        foreach (var typed in (string[])[key.Code, key.Code.ToUpperInvariant(), key.Code.Replace("-", "", StringComparison.Ordinal), $" {key.Code.Replace('-', ' ')} "])
        {
            var other = ClusterKey.Parse(typed)!;
            Assert.Equal((key.Id, key.Code), (other.Id, other.Code));
            Assert.True(key.HasSigned("a"u8, other.Sign("a"u8)));
        }
    }

    [Fact]
    public void A_slip_of_the_finger_is_told() => Seeds.Run(nameof(A_slip_of_the_finger_is_told), 200, random =>
    {
        var code = new StringBuilder(ClusterKey.New().Code);
        int at;
        do
            at = random.Next(code.Length);
        while (code[at] is '-');
        var was = code[at];
        while (code[at] == was)
            code[at] = "abcdefghijklmnopqrstuvwxyz234567"[random.Next(32)];
        if (ClusterKey.Parse(code.ToString()) is not null)
            throw new InvalidOperationException($"{code} was taken");
    });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("aaaa-aaaa-aaaa-aaaa-aaaa-aaaa-aaaa-aaaa")]
    [InlineData("1111-aaaa-aaaa-aaaa-aaaa-aaaa-aaaa-aaaa")]
    [InlineData("hf_secretsecretsecretsecretsecret")]
    public void What_is_no_code_is_none(string? text) => Assert.Null(ClusterKey.Parse(text));

    [Fact]
    public void Two_clusters_have_nothing_in_common()
    {
        var (one, other) = (ClusterKey.New(), ClusterKey.New());

        Assert.NotEqual(one.Id, other.Id);
        Assert.False(other.HasSigned("a"u8, one.Sign("a"u8)));
    }

    [Fact]
    public void A_certificate_is_good_for_its_node_in_its_cluster_for_thirty_days()
    {
        var (key, other) = (ClusterKey.New(), ClusterKey.New());
        var shown = MemberCertificate.Parse(MemberCertificate.Issue(key, _node, Now).ToString())!;

        Assert.True(shown.IsGood(key, _node, Now));
        Assert.True(shown.IsGood(key, _node, Now + TimeSpan.FromDays(30) - TimeSpan.FromSeconds(1)));
        Assert.False(shown.IsGood(key, _node, Now + TimeSpan.FromDays(30)));
        Assert.False(shown.IsGood(key, _node, Now - TimeSpan.FromDays(2)));
        Assert.False(shown.IsGood(key, NodeId.New(), Now));
        Assert.False(shown.IsGood(other, _node, Now));
    }

    [Fact]
    public void A_certificate_that_was_changed_anywhere_is_worth_nothing()
    {
        var key = ClusterKey.New();
        var good = MemberCertificate.Issue(key, _node, Now).ToString();
        Seeds.Run(nameof(A_certificate_that_was_changed_anywhere_is_worth_nothing), 2000, random =>
        {
            var bytes = Mutation.Of(random, Encoding.ASCII.GetBytes(good));
            var text = Encoding.Latin1.GetString(bytes);
            if (text != good && MemberCertificate.Parse(text) is { } parsed && parsed.ToString() != good && parsed.IsGood(key, parsed.Node, Now))
                throw new InvalidOperationException($"{text} was taken");
        });
    }

    [Fact]
    public void A_removal_counts_only_when_the_cluster_has_signed_it()
    {
        var (key, other) = (ClusterKey.New(), ClusterKey.New());
        var removal = MemberRemoval.Of(key, _node);

        Assert.Equal(_node, removal.Proven(key));
        Assert.Null(removal.Proven(other));
        Assert.Null((removal with { Node = NodeId.New().Text }).Proven(key));
        foreach (var wrong in (string?[])[null, "", "x", new string('A', 86), new string('=', 86), removal.Signature + "A"])
            Assert.Null((removal with { Signature = wrong! }).Proven(key));
        Assert.Null((removal with { Node = null! }).Proven(key));
    }

    [Fact]
    public void A_machine_is_in_one_cluster_and_its_file_is_its_owners_alone()
    {
        var (home, key) = (Home(), ClusterKey.New());
        var book = new ClusterBook(home);

        Assert.Null(book.Read());
        Assert.True(book.Join(key));
        Assert.False(book.Join(ClusterKey.New()));
        Assert.Equal(key.Id, new ClusterBook(home).Read()?.Key.Id);
        Assert.Equal(TestEnvironment.FileOfOwner, TestEnvironment.Mode(Path.Combine(home.NodeFolder, "cluster.json")));
        Assert.True(book.Leave());
        Assert.Null(book.Read());
    }

    [Fact]
    public void Removals_are_kept_and_strangers_ones_are_not()
    {
        var (home, key) = (Home(), ClusterKey.New());
        var book = new ClusterBook(home);
        book.Join(key);

        Assert.False(book.Remove([MemberRemoval.Of(ClusterKey.New(), _node), new("x", "y")]));
        Assert.True(book.Remove([MemberRemoval.Of(key, _node)]));
        Assert.False(book.Remove([MemberRemoval.Of(key, _node)]));
        Assert.Equal([_node], new ClusterBook(home).Read()!.Removed.Keys);
    }

    [Fact]
    public void A_member_renews_its_certificate_half_its_life_before_the_end()
    {
        var (home, time) = (Home(), new ManualTime());
        var book = new ClusterBook(home);
        book.Join(ClusterKey.New());
        var pass = new ClusterPass(book, _node, time);

        var first = pass.Own()!;
        time.Advance(TimeSpan.FromDays(14));
        Assert.Equal(first.ToString(), pass.Own()!.ToString());
        time.Advance(TimeSpan.FromDays(2));
        var second = pass.Own()!;

        Assert.Equal(first.Until + TimeSpan.FromDays(16), second.Until);
        Assert.True(pass.IsMember(_node, second.ToString()));
    }

    [Fact]
    public void Who_is_removed_is_no_member_to_others_nor_to_itself()
    {
        var (home, key) = (Home(), ClusterKey.New());
        var book = new ClusterBook(home);
        book.Join(key);
        var (pass, other) = (new ClusterPass(book, _node, TimeProvider.System), NodeId.New());
        var shown = MemberCertificate.Issue(key, other, TimeProvider.System.GetUtcNow()).ToString();
        Assert.True(pass.IsMember(other, shown));

        pass.Hear(new(shown, [MemberRemoval.Of(key, other)]));
        Assert.False(pass.IsMember(other, shown));

        book.Remove([MemberRemoval.Of(key, _node)]);
        Assert.Null(pass.Own());
        Assert.Null(pass.Message());
    }

    [Fact]
    public void What_a_member_says_of_others_is_true_or_passed_over()
    {
        var (home, key) = (Home(), ClusterKey.New());
        var book = new ClusterBook(home);
        book.Join(key);
        var pass = new ClusterPass(book, _node, TimeProvider.System);
        NodeId[] gone = [NodeId.New(), NodeId.New()];
        var right = JsonSerializer.Serialize(
            new(MemberCertificate.Issue(key, gone[0], TimeProvider.System.GetUtcNow()).ToString(), [.. gone.Select(node => MemberRemoval.Of(key, node))]), PeerJson.Default.PeerClusterMessage);
        Seeds.Run(nameof(What_a_member_says_of_others_is_true_or_passed_over), 2000, random =>
        {
            try
            {
                if (JsonSerializer.Deserialize(Mutation.Json(random, right), PeerJson.Default.PeerClusterMessage) is not { } message)
                    return;
                pass.Hear(message);
                pass.IsMember(_node, message.Certificate);
            }
            catch (JsonException)
            {
                // As it is refused when it comes.
            }
        });

        Assert.Subset(gone.ToHashSet(), book.Read()!.Removed.Keys.ToHashSet());
    }

    HomePaths Home() => HomePaths.From(TestEnvironment.In(_temp, ("HFMC_MACHINE_ID", "here")));
}
