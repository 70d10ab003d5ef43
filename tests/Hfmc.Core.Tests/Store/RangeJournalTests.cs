using Hfmc.Core.Store;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Store;

public sealed class RangeJournalTests : IDisposable
{
    const long Size = 1000;

    readonly TempFolder _folder = new();

    string Path => _folder.File("blob.journal");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_appended_is_recovered_in_order()
    {
        ByteRange[] ranges = [new(10, 20), new(0, 5), new(999, 1000)];
        Write(ranges);

        Assert.Equal(ranges, Recovered());
    }

    [Fact]
    public void Entries_after_a_torn_one_are_forgotten_and_the_next_append_takes_its_place()
    {
        Write(new(0, 10), new(10, 20), new(20, 30));
        using (var file = File.OpenHandle(Path, FileMode.Open, FileAccess.ReadWrite))
            RandomAccess.SetLength(file, RandomAccess.GetLength(file) - 7);

        Write(new ByteRange(50, 60));

        Assert.Equal([new(0, 10), new(10, 20), new(50, 60)], Recovered());
    }

    [Fact]
    public void A_flipped_bit_anywhere_costs_entries_and_never_adds_one()
    {
        ByteRange[] ranges = [new(0, 10), new(10, 20), new(20, 30)];
        Write(ranges);
        var right = File.ReadAllBytes(Path);

        for (var bit = 0; bit < right.Length * 8; bit++)
        {
            var wrong = right.ToArray();
            wrong[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(Path, wrong);
            var left = Math.Max(0, bit / 8 / 32 - 1);
            Assert.Equal(ranges[..left], Recovered());
        }
    }

    [Fact]
    public void A_journal_of_a_blob_of_another_size_is_begun_anew()
    {
        Write(new ByteRange(0, 10));

        using (var journal = RangeJournal.Open(Path, Size + 1))
            Assert.Empty(journal.Recovered);
        Assert.Empty(Recovered());
    }

    [Fact]
    public void Ranges_beyond_the_end_of_the_blob_are_not_believed()
    {
        Write(new(0, 10), new(990, 1001));

        Assert.Equal([new(0, 10)], Recovered());
    }

    [Fact]
    public void Looking_at_a_journal_that_another_process_is_about_to_delete_is_no_error()
    {
        using var done = new CancellationTokenSource();
        var other = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                Write(new ByteRange(0, 10));
                File.Delete(Path);
            }
        });
        other.Start();

        try
        {
            for (var look = 0; look < 20_000; look++)
                Assert.InRange(RangeJournal.Peek(Path, Size).Length, 0, 10);
        }
        finally
        {
            done.Cancel();
            other.Join();
        }
    }

    void Write(params ByteRange[] ranges)
    {
        using var journal = RangeJournal.Open(Path, Size);
        foreach (var range in ranges)
            journal.Append(range, 1);
    }

    IEnumerable<ByteRange> Recovered()
    {
        using var journal = RangeJournal.Open(Path, Size);
        return [.. journal.Recovered.Select(entry => entry.Range)];
    }
}
