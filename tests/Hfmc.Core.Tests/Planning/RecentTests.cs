using Hfmc.Core.Planning;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

public sealed class RecentTests
{
    static readonly TimeSpan s_good = TimeSpan.FromSeconds(10);

    readonly ManualTime _time = new();
    int _asked;

    [Fact]
    public async Task An_answer_is_good_for_its_time_and_is_then_shown_to_who_asks_anew()
    {
        var recent = New();

        Assert.Equal("1", await GetAsync(recent, "a"));
        Assert.Equal("1", await GetAsync(recent, "a"));
        _time.Advance(s_good);

        Assert.Equal("12", await GetAsync(recent, "a"));
    }

    [Theory]
    [InlineData(-24)]
    [InlineData(24)]
    public async Task A_clock_that_is_set_makes_no_answer_older_or_younger(int hours)
    {
        var recent = New();
        await GetAsync(recent, "a");

        _time.Jump(TimeSpan.FromHours(hours));
        Assert.Equal("1", await GetAsync(recent, "a"));
        _time.Advance(s_good);
        Assert.Equal("12", await GetAsync(recent, "a"));
    }

    [Fact]
    public async Task Silence_is_no_answer_and_the_last_one_stays_known()
    {
        var recent = New();
        await GetAsync(recent, "a");
        _time.Advance(s_good);

        Assert.Null(await recent.GetAsync("a", _ => s_good, _ => Task.FromResult<string?>(null), TestContext.Current.CancellationToken));
        Assert.Null(await recent.GetAsync("b", _ => s_good, _ => Task.FromResult<string?>(null), TestContext.Current.CancellationToken));

        Assert.Equal("1", recent.Last("a"));
        Assert.Null(recent.Last("b"));
    }

    [Fact]
    public async Task Who_leaves_does_not_end_the_question_of_the_others()
    {
        var (recent, answer) = (New(), new TaskCompletionSource<string?>());
        using var leaving = new CancellationTokenSource();
        var first = recent.GetAsync("a", _ => s_good, _ => answer.Task, leaving.Token);
        var second = recent.GetAsync("a", _ => s_good, _ => throw new InvalidOperationException("it is asked already"), TestContext.Current.CancellationToken);

        await leaving.CancelAsync();
        answer.SetResult("x");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal("x", await second);
    }

    [Fact]
    public async Task A_question_that_failed_is_asked_again()
    {
        var recent = New();

        await Assert.ThrowsAsync<InvalidOperationException>(() => recent.GetAsync("a", _ => s_good, _ => throw new InvalidOperationException(), TestContext.Current.CancellationToken));

        Assert.Equal("1", await GetAsync(recent, "a"));
    }

    [Theory]
    [InlineData(3, 1000)]
    [InlineData(1000, 3)]
    public async Task The_least_used_go_when_there_are_too_many_or_too_heavy_ones(int mostEntries, long mostWeight)
    {
        var recent = new Recent<string, string>(_time, mostEntries, mostWeight, _ => 1);
        foreach (var key in (string[])["a", "b", "c", "a", "d"])
            await GetAsync(recent, key);

        Assert.NotNull(recent.Last("a"));
        Assert.Null(recent.Last("b"));
    }

    Recent<string, string> New() => new(_time, 100, 100, answer => answer.Length);

    Task<string?> GetAsync(Recent<string, string> recent, string key) =>
        recent.GetAsync(key, _ => s_good, last => Task.FromResult<string?>($"{last}{++_asked}"), TestContext.Current.CancellationToken);
}
