using System.Text;
using System.Text.Json;
using Hfmc.Core.Xet;
using Xunit;

namespace Hfmc.Core.Tests.Xet;

public sealed class MerkleTreeTests
{
    static readonly JsonElement s_hashes = Vectors.Read("Xet", "xet-hashes.json");

    [Fact]
    public void Every_published_list_of_chunks_has_its_root_and_its_file_id() =>
        Assert.All(Vectors.Read("Xet", "xet-merkle.json").EnumerateArray(), vector =>
        {
            MerkleNode[] nodes = [.. vector.GetProperty("nodes").EnumerateArray().Select(node => Node(node[0].GetString(), node[1].GetInt64()))];
            var root = MerkleTree.Root(nodes);

            Assert.Equal(vector.GetProperty("xorb_hash").GetString(), root.ToString());
            Assert.All(vector.GetProperty("file_hashes").EnumerateArray(), file =>
            {
                var (salt, hash) = (XetHashTests.Raw(file.GetProperty("salt").GetString()!), file.GetProperty("file_hash").GetString());
                if (nodes.Length > 0)
                    Assert.Equal(hash, XetHashTests.Keyed(salt, XetHashTests.Raw(root.ToString())));
                if (nodes.Length is 0 || salt.All(b => b is 0))
                    Assert.Equal(hash, MerkleTree.FileId(nodes).ToString());
            });
        });

    [Fact]
    public void A_node_is_the_hash_of_its_children_as_text()
    {
        var vector = s_hashes.GetProperty("internal_node");
        MerkleNode[] children = [.. vector.GetProperty("children").EnumerateArray()
            .Select(child => Node(child.GetProperty("hash").GetString(), child.GetProperty("size").GetInt64()))];

        Assert.Equal(vector.GetProperty("result").GetString(), MerkleTree.Root(children).ToString());
    }

    [Fact]
    public void Small_inputs_have_their_published_ids()
    {
        Dictionary<string, byte[]> inputs = new()
        {
            ["empty"] = [],
            ["one zero byte"] = [0],
            ["1000 zero bytes"] = new byte[1000],
            ["\"a\""] = Encoding.ASCII.GetBytes("a"),
            ["\"hello world\""] = Encoding.ASCII.GetBytes("hello world"),
            ["\"Hello World!\""] = Encoding.ASCII.GetBytes("Hello World!"),
        };

        Assert.All(s_hashes.GetProperty("small_inputs").EnumerateArray(), vector => Holds(vector, inputs[vector.GetProperty("input").GetString()!]));
    }

    [Fact]
    public void Linear_inputs_have_their_published_ids() =>
        Assert.All(s_hashes.GetProperty("linear_inputs").EnumerateArray(), vector =>
        {
            var (mul, add) = (vector.GetProperty("mul").GetInt32(), vector.GetProperty("add").GetInt32());

            Holds(vector, [.. Enumerable.Range(0, vector.GetProperty("length").GetInt32()).Select(i => (byte)((i * mul) + add))]);
        });

    [Fact]
    public void The_published_random_data_has_its_ids() =>
        Holds(ChunkingData.Published.GetProperty("generator_splitmix64"), ChunkingData.Random(1_000_000));

    static void Holds(JsonElement vector, byte[] input)
    {
        var list = ChunkListBuilder.Of(input, ChunkRule.Current);
        Assert.Equal(vector.GetProperty("file_hash").GetString(), list.FileId.ToString());
        Assert.True(list.Proves(vector.GetProperty("file_hash").GetString()));
        var nodes = Enumerable.Range(0, list.Count).Select(i => new MerkleNode(list[i].Hash, list[i].Length)).ToArray();
        Assert.Equal(vector.GetProperty("xorb_hash").GetString(), MerkleTree.Root(nodes).ToString());
    }

    static MerkleNode Node(string? hash, long length)
    {
        Assert.True(XetHash.TryParse(hash, out var parsed));
        return new(parsed, length);
    }
}
