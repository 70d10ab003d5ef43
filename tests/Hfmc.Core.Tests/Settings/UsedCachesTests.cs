using Hfmc.Core.Settings;
using Xunit;

namespace Hfmc.Core.Tests.Settings;

public sealed class UsedCachesTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void A_cache_that_was_noted_is_known_and_listed()
    {
        var used = Used();
        used.Note("/data/b");
        used.Note("/data/a");
        used.Note("/data/b");

        Assert.True(Used().Contains("/data/a"));
        Assert.False(Used().Contains("/data"));
        Assert.Equal(["/data/a", "/data/b"], Used().Here());
    }

    [Fact]
    public void Another_machine_on_the_same_home_knows_it_but_does_not_list_it()
    {
        Used("first").Note("/data/a");

        Assert.True(Used("second").Contains("/data/a"));
        Assert.Empty(Used("second").Here());
    }

    [Fact]
    public void The_list_is_bounded_and_the_oldest_goes()
    {
        var used = Used();
        for (var at = 0; at < 70; at++)
        {
            used.Note($"/data/{at}");
            foreach (var note in Directory.GetFiles(_temp.At(".hfmc", "nodes", "here", "caches")).Where(file => File.ReadAllText(file) == $"/data/{at}\n"))
                File.SetLastWriteTimeUtc(note, DateTime.UnixEpoch.AddDays(at));
        }

        Assert.Equal(64, used.Here().Count);
        Assert.False(used.Contains("/data/0"));
        Assert.True(used.Contains("/data/69"));
    }

    [Fact]
    public void What_is_no_note_is_passed_over()
    {
        Used().Note("/data/a");
        foreach (var (name, text) in new[] { ("junk", "junk"), ("0123456789abcdef0123456789abcdef", "/data/b\n"), ("empty", ""), ("large", new string('x', 10_000)) })
            File.WriteAllText(_temp.At(".hfmc", "nodes", "here", "caches", name), text);

        Assert.Equal(["/data/a"], Used().Here());
    }

    [Fact]
    public void A_home_that_cannot_be_written_is_no_obstacle()
    {
        _temp.File(".hfmc", "in the way");

        Used().Note("/data/a");

        Assert.False(Used().Contains("/data/a"));
        Assert.Empty(Used().Here());
    }

    UsedCaches Used(string machine = "here") => new(HomePaths.From(TestEnvironment.In(_temp, ("HFMC_MACHINE_ID", machine))));
}
