using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Xunit;
using static Hfmc.Core.Tests.Store.CacheFixture;

namespace Hfmc.Core.Tests.Store;

/// <summary>Random additions, removals and prunes, each perhaps killed half-way, held against a model in memory.</summary>
public sealed class StoppedAnywhereTests(ITestOutputHelper output)
{
    const int Runs = 30, Steps = 50;

    static readonly CommitId[] Commits = [Commit('a'), Commit('b'), Commit('c')];

    static readonly string[] Paths = ["config.json", "model.bin", "onnx/model.onnx", "onnx/deep/er", "README.md"];

    static readonly string[] Refs = ["main", "v1", "refs/pr/1"];

    [Fact]
    public async Task A_cache_stays_whole_wherever_its_changes_are_stopped()
    {
        for (var run = 0; run < Runs; run++)
        {
            var seed = Random.Shared.Next();
            output.WriteLine($"seed {seed}");
            await Run(new Random(seed));
        }
    }

    static async Task Run(Random random)
    {
        using var cache = new CacheFixture();
        var model = new Dictionary<SnapshotFile, string>();
        for (var step = 0; step < Steps; step++)
        {
            var doomed = new HashSet<SnapshotFile>();
            var stopped = await Change(cache, model, doomed, random);

            Assert.Empty(cache.Complaints());
            var found = Found(cache);
            // What was not meant to go is there with its bytes, and nothing is there that never was.
            Assert.All(model.Where(file => !doomed.Contains(file.Key)), file => Assert.Equal(file.Value, found.GetValueOrDefault(file.Key)));
            Assert.All(found, file => Assert.Equal(model[file.Key], file.Value));
            if (!stopped)
                Assert.DoesNotContain(found, file => doomed.Contains(file.Key));
            model = found;
        }

        await Prune(cache, null);
        Assert.Equal(model.Values.Distinct().Select(content => Sha256Of(content).Text).Order(), BlobsOf(cache).Order());
        Assert.Empty(Directory.Exists(cache.Cache.RemovedFolder) ? Directory.GetFileSystemEntries(cache.Cache.RemovedFolder) : []);
    }

    /// <summary>One random change; true when it was stopped before its end.</summary>
    static async Task<bool> Change(CacheFixture cache, Dictionary<SnapshotFile, string> model, HashSet<SnapshotFile> doomed, Random random)
    {
        int? stopAfter = random.Next(2) is 0 ? random.Next(12) : null;
        var commit = random.GetItems(Commits, 1)[0];
        switch (random.Next(10))
        {
            case < 5:
                Add(cache, model, new(commit, At(random.GetItems(Paths, 1)[0])), $"content {random.Next(4)}", random);
                return false;
            case 5:
                return await Stopped(() => Prune(cache, Stop(stopAfter)));
            case 6 when model.Count > 0:
                var file = random.GetItems(model.Keys.ToArray(), 1)[0];
                doomed.Add(file);
                return await Remove(cache, Revision.Parse(file.Commit.Text), file.Path, stopAfter);
            case 7 when Directory.Exists(cache.Folder.Root):
                doomed.UnionWith(model.Keys);
                return await Remove(cache, null, null, stopAfter);
            case > 7 when cache.Folder.HasSnapshot(commit):
                doomed.UnionWith(model.Keys.Where(known => known.Commit == commit));
                return await Remove(cache, Revision.Parse(commit.Text), null, stopAfter);
            default:
                return false;
        }
    }

    static void Add(CacheFixture cache, Dictionary<SnapshotFile, string> model, SnapshotFile file, string content, Random random)
    {
        var etag = cache.PutBlob(content);
        if (random.Next(8) is 0)
            return;
        cache.Writer.Link(file.Commit, file.Path, etag);
        model[file] = content;
        if (random.Next(3) is 0)
            cache.Writer.WriteRef(Revision.Parse(random.GetItems(Refs, 1)[0]), file.Commit);
    }

    static Task<bool> Remove(CacheFixture cache, Revision? revision, FilePath? file, int? stopAfter)
    {
        var removal = new CacheRemoval(cache.Cache, cache.Records, TimeProvider.System) { LockPatience = TimeSpan.Zero, BeforeStep = Stop(stopAfter) };
        var plan = removal.Plan(Repo, revision, file);
        return Stopped(() => removal.ExecuteAsync(plan, CancellationToken.None));
    }

    static Task Prune(CacheFixture cache, Action<string>? beforeStep)
    {
        var prune = new CachePrune(cache.Cache, new ShiftedTime(TimeSpan.FromHours(1))) { LockPatience = TimeSpan.Zero, BeforeStep = beforeStep };
        return prune.ExecuteAsync(prune.Plan(null), CancellationToken.None);
    }

    static Dictionary<SnapshotFile, string> Found(CacheFixture cache) =>
        cache.Scan.Repos().SelectMany(repo => repo.Revisions)
            .SelectMany(revision => revision.Files.Select(file => (new SnapshotFile(revision.Commit, file.Path), file.RealPath)))
            .ToDictionary(file => file.Item1, file => File.ReadAllText(file.RealPath));

    static IEnumerable<string> BlobsOf(CacheFixture cache) =>
        Directory.Exists(cache.Folder.BlobsFolder) ? Directory.GetFiles(cache.Folder.BlobsFolder).Select(file => Path.GetFileName(file)) : [];

    static Action<string>? Stop(int? after)
    {
        var left = after;
        return after is null ? null : _ =>
        {
            if (left-- <= 0)
                throw new StopException();
        };
    }

    static async Task<bool> Stopped(Func<Task> change)
    {
        try
        {
            await change();
            return false;
        }
        catch (StopException)
        {
            return true;
        }
    }

    sealed class StopException : Exception;
}
