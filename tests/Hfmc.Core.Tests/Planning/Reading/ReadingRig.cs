using Hfmc.Core.Hub;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

/// <summary>One big file at a hub, an engine in real time (what clients wait for is short), and readers of the file.</summary>
sealed class ReadingRig : IAsyncDisposable
{
    public const int Size = (24 << 20) + 4321;

    public const string Name = "weights/model.bin";

    readonly HttpMessageInvoker _http = HubTransport.Create();
    readonly List<FakeHub> _hubs = [];

    public EngineRig Rig { get; } = new();

    public static RepoId Repo { get; } = RepoId.Parse("acme/big");

    public static PatternContent Content { get; } = new(Size, seed: 91);

    public FakeRepo Held { get; private set; } = null!;

    public CommitId Commit { get; private set; }

    public FileReadings Readings => Rig.Engine.Readings;

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public RepoFile File { get; private set; } = null!;

    public async Task<FakeHub> HubAsync(FakeHubOptions? options = null, FileContent? content = null)
    {
        var hub = await FakeHub.StartAsync(options, Cancelled);
        _hubs.Add(hub);
        Held = hub.Add(Repo.Id);
        Commit = Held.Commit(new Dictionary<string, FileContent> { [Name] = content ?? Content, ["config.json"] = BytesContent.Of("{}"), ["empty"] = BytesContent.Of("") });
        File = Of(Name);
        return hub;
    }

    public RepoFile Of(string path) => Held.Find(Commit.Text)!.Find(path)!.AsRepoFile();

    public WantedFile Wanted(params FakeHub[] hubs) => Wanted(File, hubs);

    public WantedFile Wanted(RepoFile file, params FakeHub[] hubs) => new(
        new(Held.Find(Commit.Text)!.AsSnapshot(Repo), IsPublic: true, ListingOrigin.Upstream, [.. hubs.Select(Client)]), Revision.Main, file);

    public HubClient Client(FakeHub hub) => new(new(hub.Endpoint, SourceKind.Hub, null), _http, Rig.Time, "hfmc/test", via: null);

    public FileReading OpenWhole(WantedFile wanted) => Readings.Open(wanted, ByteRange.Whole(wanted.File.Size), isBounded: false);

    /// <summary>Reads to the end of the range, as an answer does.</summary>
    public static async Task<byte[]> ReadAsync(FileReading reading, ByteRange range, CancellationToken? cancellationToken = null)
    {
        var bytes = new byte[range.Length];
        for (var at = range.Start; at < range.End;)
        {
            var ready = await reading.NextAsync(at, cancellationToken ?? Cancelled);
            Assert.InRange(ready.End, at + 1, range.End);
            Assert.Equal(ready.End - at, RandomAccess.Read(ready.File, bytes.AsSpan((int)(at - range.Start), (int)(ready.End - at)), at));
            at = ready.End;
        }
        return bytes;
    }

    public async Task<byte[]> ReadWholeAsync(WantedFile wanted)
    {
        await using var reading = OpenWhole(wanted);
        return await ReadAsync(reading, ByteRange.Whole(wanted.File.Size));
    }

    public async Task<byte[]> ReadRangeAsync(WantedFile wanted, ByteRange range)
    {
        await using var reading = Readings.Open(wanted, range, isBounded: true);
        return await ReadAsync(reading, range);
    }

    /// <summary>No transfer runs any more.</summary>
    public async Task QuietAsync()
    {
        while (Rig.Engine.Board.Current.Count > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(50), Rig.Time, Cancelled);
    }

    public long HeldOnDisk => PartialBlob.HeldOnDisk(Rig.Cache.PartialFolder, File.Blob);

    public async ValueTask DisposeAsync()
    {
        await Rig.DisposeAsync();
        foreach (var hub in _hubs)
            await hub.DisposeAsync();
        _http.Dispose();
    }
}
