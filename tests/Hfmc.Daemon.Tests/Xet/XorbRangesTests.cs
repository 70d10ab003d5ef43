using Hfmc.Core.Store;
using Hfmc.Core.Xet;
using Hfmc.Daemon.Serving.Xet;
using Hfmc.Testing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Hfmc.Daemon.Tests.Xet;

public sealed class XorbRangesTests
{
    const int Size = 1016; // One chunk of 1008 bytes.

    static readonly ByteRange s_first = new(0, 100), s_second = new(200, 300);

    [Theory]
    [InlineData("bytes=0-99", 206, "0-99")]
    [InlineData("bytes=5-10", 206, "5-10")]
    [InlineData("bytes=0-99,200-299", 206, "0-99", "200-299")]
    [InlineData("bytes=0-9, 20-29, 250-250", 206, "0-9", "20-29", "250-250")]
    [InlineData("bytes=200-299,0-99", 400)]
    [InlineData("bytes=0-50,50-60", 400)]
    [InlineData("bytes=0-100", 403)]
    [InlineData("bytes=99-200", 403)]
    [InlineData("bytes=0-", 403)]
    [InlineData("bytes=-1", 403)]
    [InlineData("bytes=0-99,199-299", 403)]
    [InlineData("", 403)]
    [InlineData("bytes=x", 403)]
    [InlineData("chunks=0-99", 403)]
    [InlineData("bytes=1016-", 416)]
    [InlineData("bytes=0-9,2000-", 416)]
    [InlineData("bytes=-0", 416)]
    public void Only_what_the_link_names_is_given_in_its_order(string header, int status, params string[] ranges)
    {
        var (told, given) = Read(header, s_first, s_second);

        Assert.Equal(status, told);
        Assert.Equal(ranges, given.Select(range => range.ToString()));
    }

    [Theory]
    [InlineData("", 200, "0-1015")]
    [InlineData("bytes=-16", 206, "1000-1015")]
    [InlineData("bytes=1000-99999", 206, "1000-1015")]
    public void A_link_to_all_of_it_needs_no_range(string header, int status, string range)
    {
        var (told, given) = Read(header, ByteRange.Whole(Size));

        Assert.Equal((status, range), (told, Assert.Single(given).ToString()));
    }

    [Fact]
    public void Too_many_ranges_are_refused()
    {
        Assert.Equal(400, Read("bytes=" + string.Join(',', Enumerable.Range(0, 513).Select(i => $"{i}-{i}")), ByteRange.Whole(Size)).Status);
        Assert.Equal(400, Read("bytes=" + new string(' ', 9000) + "0-1", ByteRange.Whole(Size)).Status);
        Assert.Equal(206, Read("bytes=" + string.Join(',', Enumerable.Range(0, 512).Select(i => $"{i}-{i}")), ByteRange.Whole(Size)).Status);
    }

    [Fact]
    public void Whatever_is_asked_for_nothing_else_is_given_and_nothing_twice() =>
        Seeds.Run(nameof(Whatever_is_asked_for_nothing_else_is_given_and_nothing_twice), 3000, random =>
        {
            string[] words = ["bytes=", "bytes", "=", ",", "-", "0", "99", "100", "200", "299", "300", "5", "9223372036854775807", "99999999999999999999", " ", "x", "-1", "0-99", "200-299", ",0-9"];
            var header = (random.Next(3) is 0 ? "" : "bytes=") + string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => words[random.Next(words.Length)]));

            var (status, given) = Read(header, s_first, s_second);

            Assert.Contains(status, (int[])[206, 400, 403, 416]);
            Assert.Equal(status is 206, given.Count > 0);
            Assert.All(given, range => Assert.True(!range.IsEmpty && ((range.Start >= 0 && range.End <= 100) || (range.Start >= 200 && range.End <= 300)), $"{header} gave {range}"));
            Assert.All(given.Zip(given.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start));
        });

    static (int Status, IReadOnlyList<ByteRange> Ranges) Read(string header, params ByteRange[] allowed)
    {
        var request = new DefaultHttpContext().Request;
        if (header.Length > 0)
            request.Headers.Range = header;
        return XorbRanges.Read(request, new(1, new(BytesContent.Of("x").Sha256, 5000), new(default, 0, 1, 0, 1008), false, allowed));
    }
}
