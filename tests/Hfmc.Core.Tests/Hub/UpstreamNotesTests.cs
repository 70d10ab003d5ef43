using Hfmc.Core.Hub;
using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Hub;

/// <summary>One command tells the next who did not answer; nothing that the file may hold does harm.</summary>
public sealed class UpstreamNotesTests : IDisposable
{
    static readonly Upstream s_hub = new(new("https://hub.example/"), SourceKind.Hub, null);

    readonly TempFolder _folder = new();
    readonly ManualTime _time = new();
    readonly RunFolder _run;

    public UpstreamNotesTests() => _run = HomePaths.From(new(new Dictionary<string, string>
    {
        ["HOME"] = _folder.Path,
        ["HFMC_MACHINE_ID"] = "here",
        ["XDG_RUNTIME_DIR"] = Directory.CreateDirectory(Path.Combine(_folder.Path, "run")).FullName,
    })).Run;

    string NotesFile => Path.Combine(_run.Path, "upstreams.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_failed_for_one_command_is_in_doubt_for_the_next()
    {
        Fail();

        Assert.True(IsInDoubt());
    }

    [Fact]
    public void What_it_said_is_kept_in_plain_text()
    {
        Fail();
        var backoff = new UpstreamBackoff(_time);
        new UpstreamNotes(_run, _time).Read(backoff);

        Assert.Equal("hub.example is not reached", backoff.WhyOf(s_hub));
    }

    [Fact]
    public void What_answered_since_is_not()
    {
        Fail();
        var backoff = new UpstreamBackoff(_time);
        new UpstreamNotes(_run, _time).Read(backoff);
        backoff.Answered(s_hub);
        new UpstreamNotes(_run, _time).Write(backoff);

        Assert.False(IsInDoubt());
    }

    [Theory]
    [InlineData(61)] // old
    [InlineData(-10)] // of the future: the clock was wrong then, or is now
    [InlineData(-1_000_000)]
    public void A_note_that_is_old_or_of_the_future_counts_as_absent(int seconds)
    {
        Fail();
        _time.Jump(TimeSpan.FromSeconds(seconds));

        Assert.False(IsInDoubt());
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"https://hub.example/":"x"}""")]
    [InlineData("""{"https://hub.example/":null}""")]
    [InlineData("""{"https://hub.example/":{"at":-9223372036854775808}}""")]
    [InlineData("""{"https://hub.example/":{"at":9223372036854775807}}""")]
    [InlineData("""{"no address":{"at":0}}""")]
    [InlineData("{")]
    public void What_is_odd_counts_as_absent(string text)
    {
        _run.Create();
        File.WriteAllText(NotesFile, text);

        Assert.False(IsInDoubt());
    }

    [Fact]
    public void What_is_too_long_counts_as_absent()
    {
        _run.Create();
        File.WriteAllText(NotesFile, $$$"""{"https://hub.example/":{"at":{{{_time.GetUtcNow().ToUnixTimeMilliseconds()}}}}}""" + new string(' ', 1 << 20));

        Assert.False(IsInDoubt());
    }

    [Fact]
    public void Where_nothing_can_be_written_nothing_is()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_run.Path)!);
        File.WriteAllText(_run.Path, "in the way");

        Fail();

        Assert.False(IsInDoubt());
    }

    void Fail()
    {
        var backoff = new UpstreamBackoff(_time);
        backoff.Failed(s_hub, new SourceException(SourceFault.Away, "hub.example is not \u001breached"));
        new UpstreamNotes(_run, _time).Write(backoff);
    }

    bool IsInDoubt()
    {
        var backoff = new UpstreamBackoff(_time);
        new UpstreamNotes(_run, _time).Read(backoff);
        return backoff.IsInDoubt(s_hub);
    }
}
