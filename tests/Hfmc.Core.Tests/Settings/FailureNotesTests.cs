using Hfmc.Core.Settings;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Settings;

/// <summary>The file in which one command leaves word for the next; what uses it is tested at <c>UpstreamNotesTests</c> and <c>PeerRoundTests</c>.</summary>
public sealed class FailureNotesTests : IDisposable
{
    readonly TempFolder _folder = new();
    readonly FailureNotes _notes;

    public FailureNotesTests() => _notes = new(HomePaths.From(new(new Dictionary<string, string>
    {
        ["HOME"] = _folder.Path,
        ["HFMC_MACHINE_ID"] = "here",
        ["XDG_RUNTIME_DIR"] = Directory.CreateDirectory(Path.Combine(_folder.Path, "run")).FullName,
    })).Run, "notes.json", most: 2, new ManualTime());

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void No_more_are_kept_than_was_said()
    {
        _notes.Write([new("a", TimeSpan.Zero), new("b", TimeSpan.Zero), new("c", TimeSpan.Zero)]);

        Assert.Equal(["a", "b"], _notes.Read().Select(note => note.Source));
    }

    [Fact]
    public void A_note_that_is_carried_on_becomes_no_younger()
    {
        var ago = TimeSpan.FromMilliseconds(10.4);
        _notes.Write([new("a", ago, "it is off", Book: 7)]);

        var note = Assert.Single(_notes.Read());

        Assert.True(note.Ago >= ago, $"{note.Ago}");
        Assert.Equal(("it is off", 7), (note.Why, note.Book));
    }

    [Fact]
    public void What_is_too_old_to_be_read_is_not_written()
    {
        _notes.Write([new("a", TimeSpan.FromMinutes(2))]);

        Assert.Empty(_notes.Read());
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "notes.json", SearchOption.AllDirectories));
    }
}
