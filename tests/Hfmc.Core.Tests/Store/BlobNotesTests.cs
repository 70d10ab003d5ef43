using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Store;

public sealed class BlobNotesTests : IDisposable
{
    static readonly RepoId Repo = RepoId.Parse("acme/noted");
    static readonly Blob Some = new(BytesContent.Of("some").Sha256, 4), Other = new(BytesContent.Of("other").Sha256, 5);

    readonly TempFolder _folder = new();
    readonly ManualTime _time = new();
    readonly CacheFolder _cache;

    public BlobNotesTests()
    {
        _cache = CacheFolder.Open(Path.Combine(_folder.Path, "cache"), mayCreate: true);
        _cache.EnsureCreated();
    }

    public void Dispose() => _folder.Dispose();

    BlobNotes Open() => new(_cache, _time);

    string NoteFile => Path.Combine(_cache.StateFolder, "blobs", Repo.FolderName);

    string Sessions => Path.Combine(_cache.StateFolder, "sessions");

    [Fact]
    public void What_was_published_is_the_same_until_size_or_time_differ()
    {
        using (var notes = Open())
            notes.Publishing(Repo, Some.ETag, new(4, 100), isDurable: true);
        using var later = Open();

        Assert.Equal(BlobTrust.Same, later.Look(Repo, Some, new(4, 100)));
        Assert.Equal(BlobTrust.Changed, later.Look(Repo, Some, new(4, 101)));
        Assert.Equal(BlobTrust.Wrong, later.Look(Repo, Some, new(3, 100)));
        Assert.Equal(BlobTrust.Unknown, later.Look(Repo, Other, new(5, 100)));
        Assert.Equal(BlobTrust.Unknown, later.Look(RepoId.Parse("acme/else"), Some, new(4, 100)));
    }

    [Fact]
    public void What_was_not_noted_is_taken_once_and_noted()
    {
        using (var notes = Open())
            Assert.Equal(BlobTrust.Unknown, notes.Take(Repo, Some, new(4, 100)));
        using var later = Open();

        Assert.Equal(BlobTrust.Same, later.Take(Repo, Some, new(4, 100)));
        Assert.Equal(BlobTrust.Changed, later.Take(Repo, Some, new(4, 101)));
        later.Proven(Repo, Some.ETag, new(4, 101), agrees: true);
        Assert.Equal(BlobTrust.Same, later.Take(Repo, Some, new(4, 101)));
        later.Proven(Repo, Some.ETag, new(4, 101), agrees: false);
        Assert.Equal(BlobTrust.Wrong, later.Take(Repo, Some, new(4, 101)));
    }

    [Fact]
    public void Another_process_is_heard()
    {
        using var one = Open();
        using var other = Open();
        Assert.Equal(BlobTrust.Unknown, one.Look(Repo, Some, new(4, 100)));

        other.Publishing(Repo, Some.ETag, new(4, 100), isDurable: true);
        Assert.Equal(BlobTrust.Same, one.Look(Repo, Some, new(4, 100)));
        other.Publishing(Repo, Some.ETag, new(4, 200), isDurable: true);

        Assert.Equal(BlobTrust.Same, one.Look(Repo, Some, new(4, 200)));
    }

    [Fact]
    public void What_a_killed_process_published_in_its_last_minutes_is_doubted_by_the_next_one_and_only_once()
    {
        var killed = Open();
        killed.Publishing(Repo, Some.ETag, new(4, 100), isDurable: true);
        _time.Advance(TimeSpan.FromMinutes(6));
        killed.Publishing(Repo, Other.ETag, new(5, 100), isDurable: true);
        // While it lives nothing is doubted.
        using (var beside = Open())
            Assert.Equal(BlobTrust.Same, beside.Look(Repo, Other, new(5, 100)));
        var session = Assert.Single(Directory.GetFiles(Sessions));
        killed.Dispose();
        File.WriteAllBytes(session, []); // A kill does not take it away.

        using (var next = Open())
        {
            Assert.Equal(BlobTrust.Same, next.Look(Repo, Some, new(4, 100)));
            Assert.Equal(BlobTrust.Changed, next.Look(Repo, Other, new(5, 100)));
            next.Proven(Repo, Other.ETag, new(5, 100), agrees: true);
        }
        using var last = Open();
        Assert.Equal(BlobTrust.Same, last.Look(Repo, Other, new(5, 100)));
        Assert.Empty(Directory.GetFiles(Sessions));
    }

    [Fact]
    public void Small_blobs_are_noted_together_before_the_sync_that_they_share()
    {
        using var one = Open();
        using var other = Open();
        one.Publishing(Repo, Some.ETag, new(4, 100), isDurable: false);
        one.Publishing(Repo, Other.ETag, new(5, 100), isDurable: false);
        Assert.Equal((BlobTrust.Same, BlobTrust.Unknown), (one.Look(Repo, Some, new(4, 100)), other.Look(Repo, Some, new(4, 100))));

        one.Write();

        Assert.Equal((BlobTrust.Same, BlobTrust.Same), (other.Look(Repo, Some, new(4, 100)), other.Look(Repo, Other, new(5, 100))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage\n\0\0\0\0\n")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 -1 x good")]
    public void Lines_that_make_no_sense_are_passed_over(string text)
    {
        using (var notes = Open())
            notes.Publishing(Repo, Some.ETag, new(4, 100), isDurable: false);
        File.AppendAllText(NoteFile, text);

        using var later = Open();

        Assert.Equal(BlobTrust.Same, later.Look(Repo, Some, new(4, 100)));
        later.Publishing(Repo, Other.ETag, new(5, 100), isDurable: false);
        using var last = Open();
        Assert.Equal(BlobTrust.Same, last.Look(Repo, Some, new(4, 100)));
    }

    [Fact]
    public void The_file_does_not_grow_beyond_what_is_noted()
    {
        using (var notes = Open())
            for (var at = 0; at < 3000; at++)
                notes.Proven(Repo, Some.ETag, new(4, at), agrees: true);

        using (var later = Open())
            Assert.Equal(BlobTrust.Same, later.Look(Repo, Some, new(4, 2999)));

        Assert.InRange(File.ReadAllLines(NoteFile).Length, 1, 4);
    }
}
