using Hfmc.Daemon.Serving;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Hfmc.Daemon.Tests.Serving;

public sealed class RequestedRangeTests
{
    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=0-99", 0, 100)]
    [InlineData("bytes=10-19", 10, 20)]
    [InlineData("bytes=90-", 90, 100)]
    [InlineData("bytes=90-1000", 90, 100)]
    [InlineData("bytes=90-9223372036854775807", 90, 100)]
    [InlineData("bytes=-10", 90, 100)]
    [InlineData("bytes=-1000", 0, 100)]
    public void One_range_is_cut_to_the_file(string header, long start, long end)
    {
        Assert.True(RequestedRange.TryRead(Request(header), 100, out var range));

        Assert.Equal((start, end), (range!.Value.Start, range.Value.End));
    }

    [Theory]
    [InlineData("")]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("bytes=5-1")]
    [InlineData("bytes=")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=99999999999999999999-")]
    [InlineData("lines=1-2")]
    public void Several_ranges_or_none_that_can_be_read_mean_everything(string header)
    {
        Assert.True(RequestedRange.TryRead(Request(header), 100, out var range));

        Assert.Null(range);
    }

    [Theory]
    [InlineData("bytes=100-")]
    [InlineData("bytes=100-200")]
    [InlineData("bytes=-0")]
    public void A_range_without_any_byte_is_refused(string header) => Assert.False(RequestedRange.TryRead(Request(header), 100, out _));

    [Theory]
    [InlineData("bytes=0-")]
    [InlineData("bytes=-5")]
    public void An_empty_file_is_given_whole(string header)
    {
        Assert.True(RequestedRange.TryRead(Request(header), 0, out var range));

        Assert.Null(range);
    }

    static HttpRequest Request(string range)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Range = range;
        return request;
    }
}
