using Hfmc.Core.Store;
using Xunit;
using static Hfmc.Core.Tests.Store.CacheFixture;

namespace Hfmc.Core.Tests.Store;

public sealed class RepoRecordsTests : IDisposable
{
    static readonly RepoRecord Sample = new(
        Repo, Commit('a'), [new(Listed("a.bin", "x") with { XetId = new('e', 64) }, Ours: true), new(Listed("sub/b", "y"), Ours: false)],
        DateTimeOffset.UnixEpoch, RepoOrigin.Imported, DateTimeOffset.UnixEpoch.AddDays(1));

    const string Info = """{"id":"acme/tiny","tags":["ä",1.50]}""";

    readonly CacheFixture _cache = new();

    string SampleFile => Path.Combine(_cache.Cache.StateFolder, "repos", "models--acme--tiny", $"{Commit('a')}.json");

    public void Dispose() => _cache.Dispose();

    [Fact]
    public void A_record_is_read_as_it_was_written()
    {
        _cache.Records.Write(Sample);

        var read = _cache.Records.Read(Repo, Commit('a'));

        Assert.NotNull(read);
        Assert.Equal(Sample.Files, read.Files);
        Assert.Equal(Sample with { Files = [] }, read with { Files = [] });
        Assert.Single(_cache.Records.All());
    }

    [Fact]
    public void What_the_upstream_said_is_kept_as_the_same_JSON()
    {
        _cache.Records.Write(Sample with { Info = Info });

        var read = _cache.Records.Read(Repo, Commit('a'))?.Info;

        Assert.True(System.Text.Json.Nodes.JsonNode.DeepEquals(System.Text.Json.Nodes.JsonNode.Parse(Info), System.Text.Json.Nodes.JsonNode.Parse(read!)), read);
    }

    [Fact]
    public void A_record_says_its_version_and_its_words_on_disk()
    {
        _cache.Records.Write(Sample);

        var text = File.ReadAllText(SampleFile);
        foreach (var part in (string[])["\"version\": 1", "\"origin\": \"imported\"", "\"last_use\": ", "\"xetId\": ", "\"ours\": true", "\"public\": \"1970"])
            Assert.Contains(part, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"version\": 2, \"repo\": \"acme/tiny\", \"commit\": \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", \"origin\": \"hfmc\", \"last_use\": \"1970-01-01T00:00:00+00:00\", \"files\": []}")]
    [InlineData("{\"version\": 1, \"repo\": \"acme/other\", \"commit\": \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", \"origin\": \"hfmc\", \"last_use\": \"1970-01-01T00:00:00+00:00\", \"files\": []}")]
    [InlineData("{\"version\": 1, \"repo\": \"acme/tiny\", \"commit\": \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", \"origin\": \"hfmc\", \"last_use\": \"1970-01-01T00:00:00+00:00\", \"files\": null}")]
    [InlineData("{\"version\": 1, \"repo\": \"acme/tiny\", \"commit\": \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\", \"origin\": \"hfmc\", \"last_use\": \"1970-01-01T00:00:00+00:00\", \"files\": [null]}")]
    public void A_record_that_cannot_be_read_counts_as_absent(string text)
    {
        _cache.Records.Write(Sample);
        File.WriteAllText(SampleFile, text);

        Assert.Null(_cache.Records.Read(Repo, Commit('a')));
        Assert.Empty(_cache.Records.All());
    }

    [Fact]
    public void The_generation_changes_with_each_change_and_only_then()
    {
        var seen = new List<string> { _cache.Records.Generation() };
        _cache.Records.Write(Sample);
        seen.Add(_cache.Records.Generation());
        _cache.Records.Write(Sample with { Public = null });
        seen.Add(_cache.Records.Generation());
        _cache.Records.Delete(Repo, Commit('a'));
        seen.Add(_cache.Records.Generation());
        _cache.Records.Delete(Repo, Commit('a'));

        Assert.Equal(4, seen.Distinct().Count());
        Assert.Equal("", seen[0]);
        Assert.Equal(seen[^1], _cache.Records.Generation());
    }

    [Fact]
    public void The_time_of_the_last_change_is_another_after_each_however_soon_they_follow()
    {
        var times = new HashSet<DateTime> { _cache.Records.LastChange() };
        for (var change = 1; change <= 50; change++)
        {
            _cache.Records.Write(Sample with { LastUse = DateTimeOffset.UnixEpoch.AddSeconds(change) });
            Assert.True(times.Add(_cache.Records.LastChange()), $"change {change} cannot be told from one before");
        }
    }

    [Fact]
    public void Writing_the_same_again_changes_nothing()
    {
        _cache.Records.Write(Sample);
        var generation = _cache.Records.Generation();

        _cache.Records.Write(Sample);

        Assert.Equal(generation, _cache.Records.Generation());
    }
}
