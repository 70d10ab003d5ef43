using System.Numerics;
using Hfmc.Core.Hashing;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Store;

public sealed class Crc32CTests
{
    // RFC 3720, appendix B.4, and the check value of the catalogue of CRCs.
    public static TheoryData<byte[], uint> Vectors => new()
    {
        { new byte[32], 0x8A9136AA },
        { [.. Enumerable.Repeat((byte)0xFF, 32)], 0x62A8AB43 },
        { [.. Enumerable.Range(0, 32).Select(i => (byte)i)], 0x46DD794E },
        { "123456789"u8.ToArray(), 0xE3069283 },
    };

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Published_vectors_agree(byte[] bytes, uint checksum) => Assert.Equal(checksum, Crc32C.Compute(bytes));

    [Fact]
    public void Long_inputs_that_are_taken_in_stripes_have_the_checksum_of_one_byte_after_the_other() =>
        Seeds.Run(nameof(Long_inputs_that_are_taken_in_stripes_have_the_checksum_of_one_byte_after_the_other), 50, random =>
        {
            var bytes = new byte[random.Next(60 << 10, 300 << 10)];
            random.NextBytes(bytes);

            var crc = uint.MaxValue;
            foreach (var b in bytes)
                crc = BitOperations.Crc32C(crc, b);
            Assert.Equal(~crc, Crc32C.Compute(bytes));
        });
}
