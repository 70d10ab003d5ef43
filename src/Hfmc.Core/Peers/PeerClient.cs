using System.Net;
using System.Net.Http.Json;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Core.Xet;

namespace Hfmc.Core.Peers;

/// <summary>
/// Speaks peer protocol v1 to other daemons. What they say is bounded and checked for shape here; whether it is true is proven
/// by the digests of the bytes. No token and no proxy is ever involved.
/// </summary>
public sealed partial class PeerClient(HttpMessageInvoker http, TimeProvider time, NodeId? self, PeerTrust? trust = null, ClusterPass? pass = null, Func<PeerAddress, PeerWay>? ways = null)
{
    /// <summary>Names the asking node to the one asked.</summary>
    public const string NodeHeader = "X-Hfmc-Node";

    /// <summary>
    /// What peers are called in the Host header, whatever name or address they were added by: a daemon refuses names that it
    /// does not know, since a web page could have pointed one of its own at it.
    /// </summary>
    public const string HostName = "hfmc";

    static readonly TimeSpan GreetingTimeout = TimeSpan.FromSeconds(2), AnswerTimeout = TimeSpan.FromSeconds(5);

    // Without a wait handle there is nothing to dispose of.
    readonly SemaphoreSlim _longAnswers = new(PeerProtocol.MostLongAnswers);

    /// <summary>Where it is noted what peers do wrong; those that rest for it are not asked. Null where nobody asks again.</summary>
    public Conduct? Conduct { get; init; }

    /// <summary>For one process; without a key of its own it shows none.</summary>
    public static HttpMessageInvoker CreateTransport(NodeCertificate? self = null) => PeerTransport.Create(self);

    /// <summary>What a node is called in the Host header by those who want it and no other.</summary>
    public static string HostNameOf(NodeId node) => $"{node.Text[..32]}.{HostName}";

    /// <summary>The same, for what only members of the cluster may hear: nobody else is asked anything but who it is.</summary>
    public PeerClient ForMembers(ClusterPass membership) => new(http, time, self, trust, membership) { Conduct = Conduct };

    /// <summary>The same, where a question goes only as this says.</summary>
    public PeerClient Only(Func<PeerAddress, PeerWay> wayTo) => new(http, time, self, trust, ways: wayTo) { Conduct = Conduct };

    /// <summary>Null when the peer does not know the repo at this revision, or may not show it.</summary>
    /// <exception cref="SourceException">Not reached, or an answer that cannot be right.</exception>
    public Task<PeerListing?> FindAsync(PeerAddress peer, RepoId repo, Revision revision, CancellationToken cancellationToken) => NotedAsync(peer, () => FindOnceAsync(peer, repo, revision, cancellationToken));

    async Task<PeerListing?> FindOnceAsync(PeerAddress peer, RepoId repo, Revision revision, CancellationToken cancellationToken)
    {
        var address = $"{PeerProtocol.Root}/snapshot?repo={Uri.EscapeDataString(repo.ApiPath)}&revision={Uri.EscapeDataString(revision.Text)}";
        using var response = await SendAsync(peer, Question(HttpMethod.Get, address), cancellationToken);
        if (response.StatusCode is HttpStatusCode.NotFound)
            return null;
        if (response.Content.Headers.ContentLength <= PeerProtocol.LargestShortAnswer)
            return PeerSnapshotCheck.Read(peer, repo, await ReadAsync(peer, response, PeerJson.Default.PeerSnapshot, cancellationToken));
        await _longAnswers.WaitAsync(cancellationToken);
        try
        {
            return PeerSnapshotCheck.Read(peer, repo, await ReadAsync(peer, response, PeerJson.Default.PeerSnapshot, cancellationToken, PeerProtocol.LargestAnswer));
        }
        finally
        {
            _longAnswers.Release();
        }
    }

    // Ranges are not questions: who reads them knows whether one wrong answer is forgiven, and says so of the source.
    async Task<T> NotedAsync<T>(PeerAddress peer, Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (SourceException error)
        {
            Conduct?.Note($"peer {peer}", error);
            throw;
        }
    }

    static HttpRequestMessage Question(HttpMethod method, string path) => new(method, new Uri(path, UriKind.Relative));

    Task<HttpResponseMessage> SendAsync(PeerAddress peer, HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(peer, pass?.WayTo(peer) ?? ways?.Invoke(peer) ?? trust?.WayTo(peer) ?? PeerWay.Clear, request, cancellationToken);

    async Task<HttpResponseMessage> SendAsync(PeerAddress peer, PeerWay way, HttpRequestMessage request, CancellationToken cancellationToken, TimeSpan? patience = null)
    {
        if (Conduct?.RestOf($"peer {peer}") is { } misdeed)
            throw new RestingException(misdeed);
        request.RequestUri = new(way.IsTls ? peer.SecureRoot : peer.Root, request.RequestUri!);
        request.Headers.Host = way.Expected is { } expected ? HostNameOf(expected) : HostName;
        if (way.Expected is { } only)
            request.Options.Set(PeerTransport.Expected, only);
        if (way.IsTls && pass?.Own() is { } membership)
            request.Headers.TryAddWithoutValidation(PeerProtocol.MemberHeader, membership.ToString());
        if (self is { } node)
            request.Headers.TryAddWithoutValidation(NodeHeader, node.Text);
        using var watch = new StallWatch(time, patience ?? AnswerTimeout, cancellationToken);
        try
        {
            return await http.SendAsync(request, watch.Renew());
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SourceException(SourceFault.Stalled, $"peer {peer} did not answer in time", inner: error);
        }
        catch (HttpRequestException error) when (error.InnerException is SourceException refused)
        {
            throw new SourceException(refused.Fault, refused.Message, inner: error) { SaysWhatToDo = refused.SaysWhatToDo };
        }
        catch (HttpRequestException error)
        {
            throw new SourceException(SourceFault.Unreachable, $"peer {peer} is not reached ({error.InnerException?.Message ?? error.Message})", inner: error);
        }
        finally
        {
            await SocketThreads.Leave();
        }
    }

    Task<T> ReadAsync<T>(
        PeerAddress peer, HttpResponseMessage response, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken, int limit = PeerProtocol.LargestShortAnswer)
        where T : class =>
        response.IsSuccessStatusCode
            ? BoundedBody.ReadJsonAsync(response, $"peer {peer}", type, limit, AnswerTimeout, time, cancellationToken)
            : throw new SourceException(SourceFault.Missing, $"peer {peer} answered {(int)response.StatusCode}");
}
