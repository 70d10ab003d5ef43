using Hfmc.Core.Settings;
using Xunit;

namespace Hfmc.Core.Tests.Settings;

public sealed class ByteRateTests
{
    [Theory]
    [InlineData("50MB/s", 50_000_000, "50MB/s")]
    [InlineData("50 MB/s", 50_000_000, "50MB/s")]
    [InlineData("0.5GB/s", 500_000_000, "0.5GB/s")]
    [InlineData("1000kB/s", 1_000_000, "1MB/s")]
    [InlineData("1500KB/s", 1_500_000, "1.5MB/s")]
    [InlineData("1000B/s", 1000, "1kB/s")]
    [InlineData("1001B/s", 1001, "1001B/s")]
    [InlineData("64KiB/s", 65_536, "64KiB/s")]
    [InlineData("10MiB/s", 10_485_760, "10MiB/s")]
    [InlineData("1GiB/s", 1_073_741_824, "1GiB/s")]
    [InlineData("100Mbit/s", 12_500_000, "12.5MB/s")]
    [InlineData("1Gbit/s", 125_000_000, "125MB/s")]
    [InlineData("100GB/s", 100_000_000_000, "100GB/s")]
    [InlineData("OFF", 0, "off")]
    public void A_rate_is_read_in_many_units_and_has_one_form(string word, long bytes, string shown)
    {
        var rate = ByteRate.Parse(word);

        Assert.Equal((bytes, shown), (rate.BytesPerSecond, rate.ToString()));
        Assert.Equal(rate, ByteRate.Parse(shown));
    }

    [Theory]
    [InlineData("50")]
    [InlineData("50MB")]
    [InlineData("50mb/s")]
    [InlineData("MB/s")]
    [InlineData("-1MB/s")]
    [InlineData("1,5MB/s")]
    [InlineData("1e3MB/s")]
    [InlineData("fast")]
    [InlineData("99999999999999999999999999999999GB/s")]
    public void What_is_no_rate_is_told_how_one_looks(string word) =>
        Assert.Equal($"'{word}' is not a rate: want for example 50MB/s, 10MiB/s or 100Mbit/s, or off", Assert.Throws<FormatException>(() => ByteRate.Parse(word)).Message);

    [Theory]
    [InlineData("0MB/s")]
    [InlineData("999B/s")]
    [InlineData("101GB/s")]
    public void A_rate_that_cannot_be_kept_is_refused(string word) =>
        Assert.StartsWith($"'{word}' is not a rate from 1kB/s to 100GB/s", Assert.Throws<FormatException>(() => ByteRate.Parse(word)).Message);
}
