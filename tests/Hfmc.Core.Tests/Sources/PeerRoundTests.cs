using Hfmc.Core.Peers;
using Hfmc.Core.Settings;
using Hfmc.Core.Sources;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Sources;

/// <summary>
/// Each round is that of one command: what the next one knows, it knows from the file. How long a command waits is told by a clock
/// that only the waits move.
/// </summary>
public sealed class PeerRoundTests : IAsyncLifetime
{
    static readonly TimeSpan s_full = TimeSpan.FromSeconds(2);

    readonly TempFolder _folder = new();
    readonly ManualTime _time = new();
    readonly Transport _transport = new();
    readonly HttpMessageInvoker _http;
    readonly HomePaths _home;
    readonly PeerBook _book;
    TestPeer _peer = null!;

    public PeerRoundTests()
    {
        _home = HomePaths.From(new(new Dictionary<string, string>
        {
            ["HOME"] = _folder.Path,
            ["HFMC_MACHINE_ID"] = "here",
            ["XDG_RUNTIME_DIR"] = Directory.CreateDirectory(Path.Combine(_folder.Path, "run")).FullName,
        }));
        (_book, _http) = (new(_home), new(_transport));
    }

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    string NotesFile => Path.Combine(_home.Run.Path, "peers.json");

    string BookFile => Path.Combine(_home.NodeFolder, "peers.json");

    public async ValueTask InitializeAsync()
    {
        _peer = await TestPeer.StartAsync(Cancelled);
        _peer.IsMute = true;
        _book.Add(_peer.Address);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _peer.DisposeAsync();
        _folder.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_peer_that_was_silent_for_one_command_is_given_a_moment_by_the_next()
    {
        Assert.Equal(s_full, (await AskAsync(s_full)).Waited);
        _time.Advance(TimeSpan.FromSeconds(7));

        var (answer, waited) = await AskAsync(SilentPeers.Moment);

        Assert.Equal(SilentPeers.Moment, waited);
        Assert.Equal($"peer {_peer.Address} has been silent for 7 s, so it was given a moment only (0.1 s);"
            + $" 'hfmc peer add {_peer.Address}' waits for it in full", answer.Error?.Message);
        Assert.Equal(SourceFault.Stalled, answer.Error?.Fault);
    }

    [Fact(Timeout = 120_000)]
    public async Task One_that_is_back_answers_and_is_silent_no_more()
    {
        await AskAsync(s_full);
        _peer.IsMute = false;

        Assert.Equal(_peer.Node.Text, (await AskAsync(TimeSpan.Zero)).Answer.Value);
        _peer.IsMute = true;

        Assert.Equal(s_full, (await AskAsync(s_full)).Waited);
    }

    [Fact(Timeout = 120_000)]
    public async Task Questions_after_the_greeting_have_their_usual_time()
    {
        await AskAsync(s_full);
        _peer.IsMute = false;
        await using var round = Round();

        var answers = await _time.SkipRestsAsync(round.AskAllAsync(Client, _book.Read(), async (_, _, token) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1), _time, token);
            return "late";
        }, Cancelled), Cancelled);

        Assert.Equal("late", answers[0].Value);
    }

    [Fact(Timeout = 120_000)]
    public async Task After_a_minute_it_has_its_full_time_however_many_commands_ran_meanwhile()
    {
        await AskAsync(s_full);
        for (var i = 0; i < 59; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.9));
            Assert.Equal(SilentPeers.Moment, (await AskAsync(SilentPeers.Moment)).Waited);
        }
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(s_full, (await AskAsync(s_full)).Waited);
    }

    [Fact(Timeout = 120_000)]
    public async Task When_the_book_of_peers_has_changed_it_has_its_full_time()
    {
        await AskAsync(s_full);
        File.SetLastWriteTimeUtc(BookFile, _book.Written.AddSeconds(-30)); // with a clock that was ahead before

        Assert.Equal(s_full, (await AskAsync(s_full)).Waited);
    }

    [Fact(Timeout = 120_000)]
    public async Task One_that_is_forgotten_has_its_full_time()
    {
        await AskAsync(s_full);

        Assert.Equal(s_full, (await AskAsync(s_full, forget: true)).Waited);
        Assert.Equal(SilentPeers.Moment, (await AskAsync(SilentPeers.Moment)).Waited);
    }

    [Fact(Timeout = 120_000)]
    public async Task One_that_refuses_at_once_costs_nothing_and_is_not_silent()
    {
        var closed = _peer.Address;
        await _peer.DisposeAsync();

        for (var i = 0; i < 2; i++)
            Assert.Equal(SourceFault.Unreachable, (await AskAsync(TimeSpan.Zero)).Answer.Error?.Fault);

        Assert.False(File.Exists(NotesFile));
        Assert.Equal(closed, Assert.Single(_book.Read()));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(61)] // old
    [InlineData(-10)] // of the future: the clock was wrong then, or is now
    [InlineData(-1_000_000)]
    public async Task A_note_that_is_old_or_of_the_future_counts_as_absent(int seconds)
    {
        await AskAsync(s_full);
        _time.Jump(TimeSpan.FromSeconds(seconds));

        Assert.Equal(s_full, (await AskAsync(s_full)).Waited);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"PEER":null}""")]
    [InlineData("""{"PEER":"x"}""")]
    [InlineData("""{"PEER":{"at":NOW}}""")] // of which book?
    [InlineData("""{"PEER":{"at":-9223372036854775808,"book":BOOK}}""")]
    [InlineData("""{"PEER":{"at":9223372036854775807,"book":BOOK}}""")]
    [InlineData("""{"no/peer:at:all":{"at":NOW,"book":BOOK}}""")]
    public async Task What_is_odd_counts_as_absent(string text)
    {
        Note(text);

        Assert.Equal(s_full, (await AskAsync(s_full)).Waited);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_file_has_the_form_that_is_documented()
    {
        Note("""{"PEER":{"at":NOW,"book":BOOK}}""");

        Assert.Equal(SilentPeers.Moment, (await AskAsync(SilentPeers.Moment)).Waited);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_too_long_counts_as_absent()
    {
        Note("""{"PEER":{"at":NOW,"book":BOOK}}""" + new string(' ', 1 << 20));

        Assert.Equal(s_full, (await AskAsync(s_full)).Waited);
    }

    [Fact(Timeout = 120_000)]
    public async Task Where_nothing_can_be_written_each_command_finds_out_for_itself()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_home.Run.Path)!);
        File.WriteAllText(_home.Run.Path, "in the way");
        await AskAsync(s_full);

        Assert.Equal(s_full, (await AskAsync(s_full)).Waited);
    }

    PeerClient Client => new(_http, _time, self: null);

    PeerRound Round() => new(_book, _home.Run, _time);

    void Note(string text)
    {
        _home.Run.Create();
        File.WriteAllText(NotesFile, text.Replace("PEER", $"{_peer.Address}", StringComparison.Ordinal)
            .Replace("NOW", $"{_time.GetUtcNow().ToUnixTimeMilliseconds()}", StringComparison.Ordinal)
            .Replace("BOOK", $"{_book.Written.Ticks}", StringComparison.Ordinal));
    }

    // One command that may wait so long at a time.
    async Task<(PeerAnswer<string> Answer, TimeSpan Waited)> AskAsync(TimeSpan patience, bool forget = false)
    {
        _transport.Asked = new(0);
        await using var round = Round();
        if (forget)
            round.Forget(_peer.Address);
        var begun = _time.GetTimestamp();
        var run = round.AskAllAsync(Client, _book.Read(), (_, hello, _) => Task.FromResult(hello.Node), Cancelled);
        // From here on its time is not set again.
        if (patience == s_full)
            await _transport.Asked.WaitAsync(Cancelled);
        if (patience > TimeSpan.Zero)
            await _time.RunAsync(run, patience, Cancelled);
        return (Assert.Single(await run), _time.GetElapsedTime(begun));
    }

    // Tells when a question is on its way.
    sealed class Transport : HttpMessageHandler
    {
        readonly HttpMessageInvoker _http = PeerClient.CreateTransport();

        public SemaphoreSlim Asked { get; set; } = new(0);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Release();
            return _http.SendAsync(request, cancellationToken);
        }

        protected override void Dispose(bool disposing)
        {
            _http.Dispose();
            base.Dispose(disposing);
        }
    }
}
