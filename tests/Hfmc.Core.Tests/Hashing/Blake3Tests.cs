using System.Text;
using System.Text.Json;
using Hfmc.Core.Hashing;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Hashing;

public sealed class Blake3Tests
{
    static readonly JsonElement s_vectors = Vectors.Read("Hashing", "blake3-vectors.json");

    static readonly Blake3Key s_key = Blake3Key.Of(Encoding.ASCII.GetBytes(s_vectors.GetProperty("key").GetString()!));

    /// <summary>Each width that this machine has.</summary>
    public static TheoryData<int> Paths => [.. Blake3Paths.All.Select(path => (int)path)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_published_vector_holds(int path) =>
        Assert.All(s_vectors.GetProperty("cases").EnumerateArray(), vector =>
        {
            var input = Enumerable.Range(0, vector.GetProperty("length").GetInt32()).Select(i => (byte)(i % 251)).ToArray();

            Assert.Equal(vector.GetProperty("hash").GetString(), Hash(Blake3Key.None, path, input));
            Assert.Equal(vector.GetProperty("keyed_hash").GetString(), Hash(s_key, path, input));
        });

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_length_up_to_forty_leaves_hashes_as_without_lanes(int path)
    {
        var input = Bytes(new(1), 40 * 1024);

        for (var length = 0; length <= input.Length; length += 131)
            Assert.Equal(Hash(s_key, (int)Blake3Path.Scalar, input.AsSpan(0, length)), Hash(s_key, path, input.AsSpan(0, length)));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Pieces_of_any_length_hash_as_the_whole(int path) =>
        Seeds.Run(nameof(Pieces_of_any_length_hash_as_the_whole), 40, random =>
        {
            var input = Bytes(random, random.Next(600_000));
            var hash = new Blake3(s_key, (Blake3Path)path);

            Feed(hash, input, random);

            Assert.Equal(Hash(s_key, (int)Blake3Path.Scalar, input), Finish(hash));
        });

    [Fact]
    public void After_a_hash_the_next_begins_anew()
    {
        var hash = new Blake3(s_key);
        hash.Append(new byte[300_000]);
        Finish(hash);

        hash.Append("abc"u8);

        Assert.Equal(Hash(s_key, (int)Blake3Path.Scalar, "abc"u8), Finish(hash));
    }

    [Fact]
    public void A_key_has_32_bytes()
    {
        Assert.Throws<ArgumentException>(() => Blake3Key.Of(new byte[31]));
        Assert.Throws<ArgumentException>(() => Blake3Key.Of(new byte[33]));
    }

    [Fact]
    [Trait("Needs", "programs")]
    public void The_program_of_its_authors_agrees()
    {
        using var b3sum = B3Sum.OrSkip();
        Seeds.Run(nameof(The_program_of_its_authors_agrees), 20, random =>
        {
            var (key, input) = (Bytes(random, 32), Bytes(random, random.Next(1 << random.Next(1, 22))));
            var hash = new Blake3(Blake3Key.None);
            Feed(hash, input, random);

            Assert.Equal(b3sum.Hash(input), Finish(hash));
            Assert.Equal(b3sum.KeyedHash(key, input), Hash(Blake3Key.Of(key), (int)Blake3Paths.Best, input));
        });
    }

    static void Feed(Blake3 hash, ReadOnlySpan<byte> input, Random random)
    {
        while (!input.IsEmpty)
        {
            var length = Math.Min(input.Length, random.Next(1 << random.Next(1, 20)));
            hash.Append(input[..length]);
            input = input[length..];
        }
    }

    static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    static string Hash(Blake3Key key, int path, ReadOnlySpan<byte> input)
    {
        var hash = new byte[Blake3.HashLength];
        Blake3.Hash(key, (Blake3Path)path, input, hash);
        return Convert.ToHexStringLower(hash);
    }

    static string Finish(Blake3 hash)
    {
        var bytes = new byte[Blake3.HashLength];
        hash.Finish(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
