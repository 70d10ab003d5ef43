using System.Net;
using Hfmc.Core.Hub;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Hub;

public sealed class RetryAdviceTests
{
    static readonly ManualTime Time = new();

    [Fact]
    public void A_rate_limit_is_waited_for_and_a_second_more() =>
        Assert.Equal(TimeSpan.FromSeconds(43), Read(HttpStatusCode.TooManyRequests, ("RateLimit", "\"api\";r=0;t=42"), ("Retry-After", "7")));

    [Fact]
    public void Seconds_are_waited_for() =>
        Assert.Equal(TimeSpan.FromSeconds(7), Read(HttpStatusCode.ServiceUnavailable, ("Retry-After", "7")));

    [Fact]
    public void A_date_is_waited_for() =>
        Assert.Equal(TimeSpan.FromSeconds(90), Read(HttpStatusCode.ServiceUnavailable, ("Retry-After", (Time.GetUtcNow() + TimeSpan.FromSeconds(90)).ToString("r"))));

    [Theory]
    [InlineData(-24)]
    [InlineData(24)]
    public void A_date_is_reckoned_by_the_clock_of_the_server_where_it_tells_it(int hours)
    {
        var theirs = Time.GetUtcNow() + TimeSpan.FromHours(hours);

        Assert.Equal(TimeSpan.FromSeconds(90), Read(HttpStatusCode.ServiceUnavailable, ("Date", theirs.ToString("r")), ("Retry-After", (theirs + TimeSpan.FromSeconds(90)).ToString("r"))));
    }

    [Fact]
    public void Ten_minutes_are_the_most() =>
        Assert.Equal(TimeSpan.FromMinutes(10), Read(HttpStatusCode.TooManyRequests, ("Retry-After", "999999")));

    [Fact]
    public void The_quota_that_every_answer_tells_is_no_reason_to_wait_when_the_trouble_is_another() =>
        Assert.Null(Read(HttpStatusCode.BadGateway, ("RateLimit", "\"api\";r=499;t=280")));

    [Theory]
    [InlineData("soon")]
    [InlineData("-5")]
    [InlineData("")]
    public void Nonsense_is_no_advice(string said) => Assert.Null(Read(HttpStatusCode.TooManyRequests, ("Retry-After", said)));

    static TimeSpan? Read(HttpStatusCode status, params (string Name, string Value)[] headers)
    {
        using var response = new HttpResponseMessage(status);
        foreach (var (name, value) in headers)
            response.Headers.TryAddWithoutValidation(name, value);
        return RetryAdvice.Read(response, Time);
    }
}
