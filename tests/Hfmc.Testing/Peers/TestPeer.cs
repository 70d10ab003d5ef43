using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hfmc.Testing;

/// <summary>A peer in this process that speaks protocol v1 over real HTTP, honestly until told otherwise.</summary>
public sealed class TestPeer : IAsyncDisposable
{
    const int Step = 64 << 10;

    readonly Listener _listener;
    readonly ConcurrentDictionary<ETag, FileContent> _blobs = new();
    readonly ConcurrentDictionary<(string Repo, string Revision), PeerSnapshot> _snapshots = new();
    readonly ConcurrentDictionary<ETag, long> _served = new();
    readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long _bytesServed;

    TestPeer() => _listener = new(IPAddress.Loopback, port: 0, AnswerAsync);

    public NodeId Node { get; init; } = NodeId.New();

    public PeerAddress Address => new(_listener.Endpoint.Host, _listener.Endpoint.Port);

    /// <summary>Paths and queries, in the order of arrival.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Every header name and value that came.</summary>
    public ConcurrentQueue<string> Headers { get; } = new();

    /// <summary>Bytes of blobs that left.</summary>
    public long BytesServed => Volatile.Read(ref _bytesServed);

    /// <summary>It cuts all connections once so many bytes of blobs have left; null for never.</summary>
    public long? DiesAfter { get; set; }

    /// <summary>Accepts connections and stays silent.</summary>
    public bool IsMute { get; set; }

    /// <summary>Every question is answered with 503, and these seconds to wait.</summary>
    public int? BusyFor { get; set; }

    /// <summary>Added to every size that it tells about a blob.</summary>
    public long SizeLie { get; set; }

    /// <summary>The byte at this offset of each blob arrives with one bit turned.</summary>
    public long? FlipAt { get; set; }

    /// <summary>It sends bundles, and says so.</summary>
    public bool IsBundling { get; set; }

    /// <summary>Blobs that it has and does not send in a bundle: the answer stays open for them.</summary>
    public ConcurrentBag<ETag> Withheld { get; } = [];

    /// <summary>What it sends as the frame of a blob, in the place of the truth.</summary>
    public Func<ETag, byte[], byte[]> Frame { get; set; } = WriteFrame;

    /// <summary>How many names each question for a bundle had.</summary>
    public ConcurrentQueue<int> Bundles { get; } = new();

    /// <summary>What it says of a snapshot, in the place of the truth.</summary>
    public Func<PeerSnapshot, PeerSnapshot> Twist { get; set; } = snapshot => snapshot;

    /// <summary>Raw JSON that it answers to paths that start so.</summary>
    public ConcurrentDictionary<string, string> Raw { get; } = new();

    public static async Task<TestPeer> StartAsync(CancellationToken cancellationToken)
    {
        var peer = new TestPeer();
        await peer._listener.StartAsync(cancellationToken);
        return peer;
    }

    /// <summary>Has all files of the commit, and knows it by these names and its own.</summary>
    public TestPeer Share(FakeRepo repo, CommitId commit, params string[] revisions)
    {
        var files = repo.Find(commit.Text)?.Files ?? throw new ArgumentException("no such commit", nameof(commit));
        foreach (var file in files)
            _blobs[file.ETag] = file.Content;
        var snapshot = new PeerSnapshot(repo.Id.ApiPath, commit.Text, [.. files.Select(file => new PeerFile(file.Path.Text, file.ETag.Text, file.Size, null, true))]);
        foreach (var revision in revisions.Append(commit.Text))
            _snapshots[(repo.Id.ApiPath, revision)] = snapshot;
        return this;
    }

    public long Served(ETag blob) => _served.GetValueOrDefault(blob);

    public async ValueTask DisposeAsync()
    {
        _end.TrySetResult();
        await _listener.DisposeAsync();
    }

    async Task AnswerAsync(HttpContext http)
    {
        Requests.Enqueue($"{http.Request.Path}{http.Request.QueryString}");
        foreach (var (name, value) in http.Request.Headers)
            Headers.Enqueue($"{name}: {value}");
        try
        {
            if (IsMute)
                await _end.Task.WaitAsync(http.RequestAborted);
            if (BusyFor is { } seconds)
                (http.Response.StatusCode, http.Response.Headers.RetryAfter) = (503, $"{seconds}");
            else if (BytesServed >= DiesAfter)
                http.Abort();
            else
                await RouteAsync(http, http.Request.Path.Value![PeerProtocol.Root.Length..]);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            http.Abort();
        }
    }

    Task RouteAsync(HttpContext http, string path)
    {
        if (Raw.FirstOrDefault(raw => path.StartsWith(raw.Key, StringComparison.Ordinal)).Value is { } json)
            return http.Response.WriteAsync(json, http.RequestAborted);
        return path switch
        {
            "/hello" => JsonAsync(http, new PeerHello(Node.Text, "test", PeerProtocol.Version, IsBundling ? [PeerProtocol.BundleFeature] : [], _snapshots.Count), PeerJson.Default.PeerHello),
            "/snapshot" => SnapshotAsync(http),
            "/blobs" => WhichBlobsAsync(http),
            "/bundle" when IsBundling => BundleAsync(http),
            _ when path.StartsWith("/blobs/", StringComparison.Ordinal) => BlobAsync(http, path["/blobs/".Length..]),
            _ => Refuse(http),
        };
    }

    Task SnapshotAsync(HttpContext http) =>
        _snapshots.TryGetValue((http.Request.Query["repo"].ToString(), http.Request.Query["revision"].ToString()), out var snapshot)
            ? JsonAsync(http, Twist(snapshot), PeerJson.Default.PeerSnapshot)
            : Refuse(http);

    async Task WhichBlobsAsync(HttpContext http)
    {
        var question = await JsonSerializer.DeserializeAsync(http.Request.Body, PeerJson.Default.PeerBlobQuestion, http.RequestAborted);
        var held = new List<PeerBlob>();
        foreach (var text in question!.Etags)
            if (ETag.TryParse(text, out var etag) && _blobs.TryGetValue(etag, out var content))
                held.Add(new(text, content.Size + SizeLie, Complete: true));
        await JsonAsync(http, new([.. held]), PeerJson.Default.PeerBlobAnswer);
    }

    /// <summary>A frame as the protocol has it.</summary>
    public static byte[] WriteFrame(ETag etag, byte[] bytes)
    {
        var head = new byte[BundleFrame.LongestHead];
        return [.. head.AsSpan(0, BundleFrame.Write(head, etag, bytes.Length)), .. bytes];
    }

    async Task BundleAsync(HttpContext http)
    {
        var question = await JsonSerializer.DeserializeAsync(http.Request.Body, PeerJson.Default.PeerBlobQuestion, http.RequestAborted);
        Bundles.Enqueue(question!.Etags.Length);
        await http.Response.StartAsync(http.RequestAborted);
        var waits = false;
        foreach (var text in question.Etags)
        {
            if (!ETag.TryParse(text, out var etag) || !_blobs.TryGetValue(etag, out var content))
                continue;
            if (Withheld.Contains(etag))
            {
                waits = true;
                continue;
            }
            Interlocked.Add(ref _bytesServed, content.Size);
            _served.AddOrUpdate(etag, content.Size, (_, before) => before + content.Size);
            await http.Response.BodyWriter.WriteAsync(Frame(etag, content.ToArray()), http.RequestAborted);
        }
        if (waits)
            await _end.Task.WaitAsync(http.RequestAborted);
    }

    async Task BlobAsync(HttpContext http, string name)
    {
        if (!ETag.TryParse(name, out var etag) || !_blobs.TryGetValue(etag, out var content)
            || http.Request.GetTypedHeaders().Range?.Ranges.SingleOrDefault() is not { From: { } from, To: { } to })
        {
            await Refuse(http);
            return;
        }

        http.Response.StatusCode = 206;
        http.Response.ContentLength = to - from + 1;
        http.Response.Headers.ContentRange = $"bytes {from}-{to}/{content.Size + SizeLie}";
        http.Response.Headers[PeerProtocol.ProvenHeader] = "yes";
        for (var at = from; at <= to;)
        {
            var length = (int)Math.Min(Step, to + 1 - at);
            if (DiesAfter is { } last)
                length = (int)Math.Min(length, last - BytesServed);
            if (length <= 0)
            {
                // In order, as a process that ends: what left before still arrives.
                await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
                http.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket.Shutdown(System.Net.Sockets.SocketShutdown.Both);
                return;
            }

            var bytes = content.ToArray(at, length);
            if (FlipAt is { } flip && flip >= at && flip < at + length)
                bytes[flip - at] ^= 1;
            // Counted first: who has the last byte may look at once.
            Interlocked.Add(ref _bytesServed, length);
            _served.AddOrUpdate(etag, length, (_, before) => before + length);
            await http.Response.BodyWriter.WriteAsync(bytes, http.RequestAborted);
            at += length;
        }
    }

    static async Task JsonAsync<T>(HttpContext http, T answer, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(JsonSerializer.Serialize(answer, type), http.RequestAborted);
    }

    static Task Refuse(HttpContext http)
    {
        http.Response.StatusCode = 404;
        return Task.CompletedTask;
    }
}
