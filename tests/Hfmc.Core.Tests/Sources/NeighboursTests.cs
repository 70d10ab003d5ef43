using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Sources;

public sealed class NeighboursTests : IAsyncLifetime
{
    readonly HttpMessageInvoker _http = PeerClient.CreateTransport();
    TimeProvider _time = TimeProvider.System;
    readonly FakeRepo _repo = new HubContent(TimeProvider.System, lfsThreshold: 1 << 20).Add("acme/tiny");
    TestPeer _one = null!, _two = null!;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => (_one, _two) = (await TestPeer.StartAsync(Cancelled), await TestPeer.StartAsync(Cancelled));

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Peers_that_do_not_answer_are_left_out_and_named()
    {
        (_two.IsMute, _time) = (true, TimeProvider.System);

        var neighbours = await GreetAsync();

        Assert.Equal([_one.Address], neighbours.Alive);
        Assert.Equal([_two.Address], neighbours.Silent);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_mute_peer_holds_up_nobody_once_another_has_answered()
    {
        var (patience, time) = (TimeSpan.FromSeconds(1), new ManualTime());
        (_two.IsMute, _time) = (true, time);

        var greeting = GreetAsync();
        // Shorter than the time that a greeting has.
        await time.WaitForTimerAsync(patience, Cancelled);
        time.Advance(patience);

        Assert.Equal([_two.Address], (await greeting).Silent);
    }

    [Fact(Timeout = 120_000)]
    public async Task Who_was_silent_is_given_a_moment_the_next_time_and_is_named_again()
    {
        var time = new ManualTime();
        (_two.IsMute, _time) = (true, time);
        await using var silent = new SilentPeers(_time);
        var greeting = GreetAsync(silent: silent);
        await time.WaitForTimerAsync(TimeSpan.FromSeconds(1), Cancelled);
        time.Advance(TimeSpan.FromSeconds(1));
        await greeting;

        greeting = GreetAsync(silent: silent);
        await time.WaitForTimerAsync(SilentPeers.Moment, Cancelled);
        time.Advance(SilentPeers.Moment);

        var neighbours = await greeting;
        Assert.Equal([_one.Address], neighbours.Alive);
        Assert.Equal([_two.Address], neighbours.Silent);
    }

    [Fact(Timeout = 120_000)]
    public async Task One_that_has_come_back_is_used_again()
    {
        await using var silent = new SilentPeers(_time);
        silent.Note(_two.Address, new(SourceFault.Unreachable, "it was off"));
        // With a clock that stands still: it is back, so it answers, however long that takes here.
        _time = new ManualTime();

        var neighbours = await GreetAsync(silent: silent);

        Assert.Equal(2, neighbours.Alive.Count);
        Assert.False(silent.Contains(_two.Address));
    }

    [Fact]
    public async Task When_somebody_changes_the_book_of_peers_all_are_greeted_as_new_ones()
    {
        await using var silent = new SilentPeers(_time);
        silent.Follow(DateTime.UnixEpoch);
        silent.Note(_two.Address, new(SourceFault.Unreachable, "it is off"));

        silent.Follow(DateTime.UnixEpoch);
        Assert.True(silent.Contains(_two.Address));
        silent.Follow(DateTime.UnixEpoch.AddSeconds(1));
        Assert.False(silent.Contains(_two.Address));
    }

    [Fact]
    public async Task A_peer_that_answers_with_a_no_is_not_silent()
    {
        await using var silent = new SilentPeers(_time);

        silent.Note(_two.Address, new(SourceFault.Missing, "no member"));

        Assert.False(silent.Contains(_two.Address));
    }

    [Fact(Timeout = 120_000)]
    public async Task This_node_itself_is_left_out() => Assert.Equal([_two.Address], (await GreetAsync(self: _one.Node.Text)).Alive);

    [Fact(Timeout = 120_000)]
    public async Task One_node_behind_two_addresses_counts_once()
    {
        var neighbours = await Neighbours.GreetAsync(
            new(_http, _time, null), [_one.Address, new("localhost", _one.Address.Port)], null, _time, Cancelled);

        Assert.Single(neighbours.Alive);
    }

    [Fact(Timeout = 120_000)]
    public async Task Peers_that_agree_are_one_answer()
    {
        var commit = CommitOf("a");
        _one.Share(_repo, commit, "main");
        _two.Share(_repo, commit, "main");

        Assert.Equal(commit, (await FindAsync())!.Commit);
    }

    [Fact(Timeout = 120_000)]
    public async Task Peers_that_name_different_commits_are_an_error_that_names_both()
    {
        var (old, young) = (CommitOf("old"), CommitOf("young"));
        _one.Share(_repo, old, "main");
        _two.Share(_repo, young, "main");

        var error = await Assert.ThrowsAsync<OfflineException>(FindAsync);

        foreach (var part in (string[])[$"{_one.Address}", $"{_two.Address}", old.Short, young.Short])
            Assert.Contains(part, error.Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task Peers_that_name_different_files_for_one_commit_are_an_error_that_names_both()
    {
        var commit = CommitOf("a");
        _one.Share(_repo, commit, "main");
        _two.Share(_repo, commit, "main").Twist = snapshot => snapshot with { Files = [snapshot.Files[0] with { Size = 99 }] };

        var error = await Assert.ThrowsAsync<OfflineException>(FindAsync);

        Assert.Contains($"{_one.Address}", error.Message);
        Assert.Contains($"{_two.Address}", error.Message);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_part_of_a_whole_list_is_no_other_answer(bool partComesFirst)
    {
        var commit = _repo.Commit(new Dictionary<string, FileContent> { ["a.txt"] = BytesContent.Of("a"), ["b.txt"] = BytesContent.Of("b") });
        _one.Share(_repo, commit, "main");
        _two.Share(_repo, commit, "main");
        (partComesFirst ? _one : _two).Twist = snapshot => snapshot with { Files = [snapshot.Files[1]], Partial = true };

        var found = (await FindAsync())!;

        Assert.Equal((2, false), (found.Files.Count, found.IsPartial));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("b.txt", false)]
    [InlineData("a.txt/b", true)]
    public async Task A_file_that_a_whole_list_does_not_have_or_that_would_be_a_folder_too_is_an_error(string name, bool isBesideAPart)
    {
        var commit = CommitOf("a");
        _one.Share(_repo, commit, "main").Twist = snapshot => snapshot with { Partial = isBesideAPart ? true : null };
        _two.Share(_repo, commit, "main").Twist = snapshot => snapshot with { Files = [snapshot.Files[0] with { Path = name }], Partial = true };

        Assert.Contains("disagree", (await Assert.ThrowsAsync<OfflineException>(FindAsync)).Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_peer_with_an_impossible_listing_does_not_silence_the_others()
    {
        var commit = CommitOf("a");
        _one.Share(_repo, commit, "main").Twist = snapshot => snapshot with { Files = [snapshot.Files[0] with { Path = "" }] };
        _two.Share(_repo, commit, "main");

        Assert.Equal(commit, (await FindAsync())!.Commit);
    }

    [Fact(Timeout = 120_000)]
    public async Task Who_holds_a_blob_is_known_by_its_size_too()
    {
        var commit = CommitOf("a");
        var blob = _repo.Find(commit.Text)!.Files[0].AsRepoFile().Blob;
        _one.Share(_repo, commit);
        _two.Share(_repo, commit).SizeLie = 5;

        Assert.Equal([_one.Address], (await (await GreetAsync()).HoldersAsync([blob], Cancelled))[blob]);
    }

    CommitId CommitOf(string text) => _repo.Commit(new Dictionary<string, FileContent> { ["a.txt"] = BytesContent.Of(text) });

    Task<Neighbours> GreetAsync(string? self = null, SilentPeers? silent = null) =>
        Neighbours.GreetAsync(new(_http, _time, null), [_one.Address, _two.Address], self, _time, Cancelled, silent);

    async Task<Snapshot?> FindAsync() => await (await GreetAsync()).FindAsync(_repo.Id, Revision.Main, Cancelled);
}
