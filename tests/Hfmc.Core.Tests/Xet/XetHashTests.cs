using System.Text;
using System.Text.Json;
using Hfmc.Core.Hashing;
using Hfmc.Core.Xet;
using Xunit;

namespace Hfmc.Core.Tests.Xet;

public sealed class XetHashTests
{
    static readonly JsonElement s_vectors = Vectors.Read("Xet", "xet-hashes.json");

    [Fact]
    public void The_text_is_that_of_four_numbers() =>
        Assert.All(s_vectors.GetProperty("hash_string").EnumerateArray(), vector =>
        {
            var (raw, text) = (Convert.FromHexString(Text(vector, "raw_hex")), Text(vector, "string"));

            Assert.Equal(text, XetHash.Read(raw).ToString());
            Assert.True(XetHash.TryParse(text, out var parsed));
            var (written, letters) = (new byte[XetHash.Length], new byte[XetHash.TextLength]);
            parsed.Write(written);
            parsed.WriteText(letters);
            Assert.Equal(raw, written);
            Assert.Equal(text, Encoding.ASCII.GetString(letters));
        });

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("****************************************************************")]
    [InlineData("D6834b04843aaf16f29903e2428a99be635099f9ea5056cc4e95e7ec8a41509f")]
    [InlineData(" 6834b04843aaf16f29903e2428a99be635099f9ea5056cc4e95e7ec8a41509f")]
    [InlineData("6834b04843aaf16f29903e2428a99be635099f9ea5056cc4e95e7ec8a41509f")]
    [InlineData("dd6834b04843aaf16f29903e2428a99be635099f9ea5056cc4e95e7ec8a41509f")]
    public void Anything_but_64_lower_case_digits_is_no_hash(string? text) => Assert.False(XetHash.TryParse(text, out _));

    [Fact]
    public void Its_last_group_is_what_is_divided() =>
        Assert.Equal(0x1f1e1d1c1b1a1918UL % 1000, XetHash.Read([.. Enumerable.Range(0, 32).Select(i => (byte)i)]).Modulo(1000));

    // What this program does not need of Xet rests on the same two things, keyed BLAKE3 and the order of bytes.
    [Fact]
    public void A_hash_of_a_hash_and_of_a_range_are_keyed_hashes_of_the_raw_bytes()
    {
        var ofHash = s_vectors.GetProperty("keyed_hash_of_hash");
        Assert.Equal(Text(ofHash, "result"), Keyed(Raw(Text(ofHash, "key")), Raw(Text(ofHash, "hash"))));

        var verification = Convert.FromHexString("7f1857d6ce56ed66127ff913e7a5c3f3a4cd26d5b5db49e64124987f28fb94c3");
        Assert.All(s_vectors.GetProperty("range_verification").EnumerateArray(), vector => Assert.Equal(
            Text(vector, "result"),
            Keyed(verification, [.. vector.GetProperty("chunk_hashes").EnumerateArray().SelectMany(hash => Raw(hash.GetString()!))])));
    }

    internal static byte[] Raw(string text)
    {
        Assert.True(XetHash.TryParse(text, out var hash));
        var raw = new byte[XetHash.Length];
        hash.Write(raw);
        return raw;
    }

    internal static string Keyed(byte[] key, byte[] bytes)
    {
        var hash = new byte[Blake3.HashLength];
        Blake3.Hash(Blake3Key.Of(key), bytes, hash);
        return XetHash.Read(hash).ToString();
    }

    static string Text(JsonElement vector, string name) => vector.GetProperty(name).GetString()!;
}
