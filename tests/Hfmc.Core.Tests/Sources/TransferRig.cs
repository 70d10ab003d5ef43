using Hfmc.Core.Hub;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Sources;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Sources;

/// <summary>One big file at some hubs, and a folder for its partial blob.</summary>
sealed class TransferRig : IAsyncDisposable
{
    public const int Size = (5 << 20) + 123;

    public const string Name = "weights/model.bin";

    readonly TempFolder _folder = new();
    readonly HttpMessageInvoker _http = HubTransport.Create();
    readonly List<FakeHub> _hubs = [];

    public static RepoId Repo { get; } = RepoId.Parse("acme/big");

    public static PatternContent Content { get; } = new(Size, seed: 11);

    public static RepoFile File { get; } = new(FilePath.Parse(Name), new(Content.Sha256, Size));

    public TimeProvider Time { get; } = TimeProvider.System;

    /// <summary>How long a source may be silent. Where one is, the test waits for it.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>As a process keeps it.</summary>
    public RangeSupport Ranges { get; } = new(TimeProvider.System);

    public TransferLimits Limits { get; init; } = new(TimeSpan.FromSeconds(60), new(TransferLimits.MostConnections));

    public BlobProgress Progress { get; } = new(File.Blob);

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async Task<FakeHub> HubAsync(FakeHubOptions? options = null)
    {
        var hub = await FakeHub.StartAsync(options, Cancelled);
        _hubs.Add(hub);
        if (options?.Content is null)
            hub.Add(Repo.Id).Commit(new Dictionary<string, FileContent> { [Name] = Content });
        return hub;
    }

    public UpstreamSource Source(FakeHub hub, SourceKind kind = SourceKind.Hub, string? token = null) =>
        new(Client(hub.Endpoint, kind, token), Repo, hub.Content.Repos.Single().Commits.Single().Id, File, new(Time, Silence));

    public HubClient Client(Uri endpoint, SourceKind kind = SourceKind.Hub, string? token = null) =>
        new(new(endpoint, kind, AccessToken.TryParse(token, out var parsed) ? parsed : null), _http, Time, "hfmc/test", via: null) { Ranges = Ranges };

    public PartialBlob OpenPartial() => PartialBlob.TryOpen(_folder.Path, File.Blob) ?? throw new InvalidOperationException("locked");

    public async Task RunAsync(params FakeHub[] hubs) => await RunAsync([.. hubs.Select(hub => Source(hub))]);

    /// <summary>Runs the transfer to its end, and looks whether the file on disk is what it should be.</summary>
    public async Task RunAsync(IReadOnlyList<ISource> sources)
    {
        await using var partial = OpenPartial();
        await new BlobTransfer(Name, partial, sources, Limits, Progress, Time).RunAsync(Cancelled);
        Assert.Equal(Content.ToArray(), System.IO.File.ReadAllBytes(partial.Paths.Bytes));
        Assert.Equal(Size, Progress.Held);
    }

    /// <summary>Puts these bytes of the blob on disk, as an earlier run would have.</summary>
    public async Task HoldAsync(ByteRange range, byte flipped = 0)
    {
        await using var partial = OpenPartial();
        var bytes = Content.ToArray(range.Start, (int)range.Length);
        bytes[0] ^= flipped;
        partial.Write(range.Start, bytes);
        Progress.Restart();
        Progress.Resumed(partial.Held);
    }

    /// <summary>The blob is to be fetched from its first byte on.</summary>
    public async Task ForgetBlobAsync()
    {
        await using var partial = OpenPartial();
        await partial.ResetAsync();
        Progress.Restart();
    }

    /// <summary>What the hub gave away in all. Its counter lags behind the last byte, so it is waited for.</summary>
    public static async Task<long> ServedAsync(FakeHub hub, long atLeast = Size)
    {
        await hub.WaitAsync(seen => seen.BytesServed() >= atLeast, Cancelled);
        return hub.BytesServed();
    }

    public async Task<long> HeldAsync()
    {
        await using var partial = OpenPartial();
        return partial.Held;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hub in _hubs)
            await hub.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }
}
