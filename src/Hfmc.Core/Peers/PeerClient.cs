using System.Net;
using System.Net.Http.Json;
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
public sealed class PeerClient(HttpMessageInvoker http, TimeProvider time, NodeId? self, PeerTrust? trust = null, ClusterPass? pass = null, Func<PeerAddress, PeerWay>? ways = null)
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

    /// <summary>A peer that was added by hand, and speaks TLS, proves the first time that it is who it says; from then on nobody else may say so there.</summary>
    /// <exception cref="SourceException">Not reached, no hfmc daemon of this protocol, or another node than it was.</exception>
    public Task<PeerHello> HelloAsync(PeerAddress peer, CancellationToken cancellationToken) => NotedAsync(peer, () => HelloOnceAsync(peer, cancellationToken));

    async Task<PeerHello> HelloOnceAsync(PeerAddress peer, CancellationToken cancellationToken)
    {
        var way = trust?.WayToGreet(peer) ?? PeerWay.Clear;
        // A member may have been set up anew: it is known by its certificate, not by the key that it had.
        var (hello, node) = await GreetAsync(peer, pass is null ? way : way with { Expected = null }, cancellationToken);
        if (trust is null)
            return hello;
        if (pass is not null)
            await MeetAsync(trust, pass, peer, node, hello, cancellationToken);
        trust.Check(peer, node);
        if (trust.ProofOf(peer, node, hello.Tls) is { } proof)
            await ProveAsync(trust, peer, node, proof, cancellationToken);
        trust.Hear(peer, node, hello.Tls);
        return hello;
    }

    // Both show that they are members, over TLS, and tell each other who is none any more.
    async Task MeetAsync(PeerTrust trust, ClusterPass pass, PeerAddress peer, NodeId node, PeerHello hello, CancellationToken cancellationToken)
    {
        if (pass.HasMet(peer, node))
            return;
        if (pass.Message() is not { } message || hello.Tls is not (PeerProtocol.TlsRestricted or PeerProtocol.TlsAlways))
            throw NoMember(peer);
        using var request = Question(HttpMethod.Post, $"{PeerProtocol.Root}/cluster");
        request.Content = JsonContent.Create(message, PeerJson.Default.PeerClusterMessage);
        using var response = await SendAsync(peer, new(IsTls: true, node), request, cancellationToken, GreetingTimeout);
        if (response.StatusCode is HttpStatusCode.NotFound)
            throw NoMember(peer);
        var said = await ReadAsync(peer, response, PeerJson.Default.PeerClusterMessage, cancellationToken, PeerProtocol.LargestClusterMessage);
        pass.Hear(said);
        if (!pass.IsMember(node, said.Certificate))
            throw NoMember(peer);
        pass.Meet(peer, node);
        trust.Vouch(peer, node);
    }

    /// <summary>Where a node wants a repo to be read as a proof; null when it asks for none now.</summary>
    /// <exception cref="SourceException">Not reached, another node, or an answer that cannot be right.</exception>
    public async Task<PeerReadingChallenge?> ChallengeAsync(PeerAddress peer, NodeId node, string subject, CancellationToken cancellationToken)
    {
        using var request = Question(HttpMethod.Post, $"{PeerProtocol.Root}/reading");
        request.Content = JsonContent.Create(new(subject), PeerJson.Default.PeerReadingQuestion);
        using var response = await SendAsync(peer, new(IsTls: true, node), request, cancellationToken);
        return response.IsSuccessStatusCode ? await ReadAsync(peer, response, PeerJson.Default.PeerReadingChallenge, cancellationToken) : null;
    }

    /// <summary>The proof that the node gives in return, when it is convinced and shows the repo for a while; else null.</summary>
    /// <exception cref="SourceException">Not reached, another node, or an answer that cannot be right.</exception>
    public async Task<PeerReadingAnswer?> ProveReadingAsync(PeerAddress peer, NodeId node, PeerReadingProof proof, CancellationToken cancellationToken)
    {
        using var request = Question(HttpMethod.Post, $"{PeerProtocol.Root}/reading/proof");
        request.Content = JsonContent.Create(proof, PeerJson.Default.PeerReadingProof);
        using var response = await SendAsync(peer, new(IsTls: true, node), request, cancellationToken);
        return response.IsSuccessStatusCode ? await ReadAsync(peer, response, PeerJson.Default.PeerReadingAnswer, cancellationToken) : null;
    }

    static SourceException NoMember(PeerAddress peer) => new(SourceFault.Missing, $"peer {peer} is no member of this machine's cluster");

    async Task ProveAsync(PeerTrust trust, PeerAddress peer, NodeId node, PeerWay proof, CancellationToken cancellationToken)
    {
        try
        {
            await GreetAsync(peer, proof, cancellationToken);
            trust.Pin(peer, node);
        }
        catch (SourceException error) when (error.Fault is not SourceFault.Lied)
        {
            // Not now: what is public needs no proof, and what is not waits for it.
        }
    }

    async Task<(PeerHello Hello, NodeId Node)> GreetAsync(PeerAddress peer, PeerWay way, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(peer, way, Question(HttpMethod.Get, $"{PeerProtocol.Root}/hello"), cancellationToken, GreetingTimeout);
        var hello = await ReadAsync(peer, response, PeerJson.Default.PeerHello, cancellationToken);
        if (!NodeId.TryParse(hello.Node, out var node) || hello.Version is not { Length: <= 64 } || hello.Repos < 0)
            throw new SourceException(SourceFault.Lied, $"{peer} is no hfmc daemon");
        if (way.Expected is { } expected && expected != node)
            throw PeerTrust.Changed(peer, expected, node);
        if (hello.Protocol != PeerProtocol.Version)
            throw new SourceException(SourceFault.Missing, $"{peer} speaks peer protocol {hello.Protocol}, this hfmc {PeerProtocol.Version}: update the older one");
        return (hello, node);
    }

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

    /// <summary>Which of the blobs the peer has in whole, with the size it claims.</summary>
    /// <exception cref="SourceException">Not reached, or an answer that cannot be right.</exception>
    public Task<IReadOnlySet<Blob>> HoldsAsync(PeerAddress peer, IReadOnlyCollection<Blob> blobs, CancellationToken cancellationToken) => NotedAsync(peer, () => HoldsOnceAsync(peer, blobs, cancellationToken));

    async Task<IReadOnlySet<Blob>> HoldsOnceAsync(PeerAddress peer, IReadOnlyCollection<Blob> blobs, CancellationToken cancellationToken)
    {
        var (held, asked) = (new HashSet<Blob>(), blobs.ToHashSet());
        foreach (var part in blobs.Chunk(PeerProtocol.MostBlobs))
        {
            using var request = Question(HttpMethod.Post, $"{PeerProtocol.Root}/blobs");
            request.Content = JsonContent.Create(new([.. part.Select(blob => blob.ETag.Text)]), PeerJson.Default.PeerBlobQuestion);
            using var response = await SendAsync(peer, request, cancellationToken);
            var answers = await ReadAsync(peer, response, PeerJson.Default.PeerBlobAnswer, cancellationToken);
            foreach (var answer in PeerSnapshotCheck.Entries(peer, answers.Blobs))
                if (answer.Complete && ETag.TryParse(answer.Etag, out var etag) && asked.Contains(new(etag, answer.Size)))
                    held.Add(new(etag, answer.Size));
        }
        return held;
    }

    /// <summary>Hears of the blobs for as long as the peer tells: each line is given to <paramref name="hear"/>.</summary>
    /// <exception cref="SourceException">Not reached, broken off, or news that cannot be right.</exception>
    public Task FollowAsync(PeerAddress peer, PeerFollowQuestion question, Action<PeerNews> hear, CancellationToken cancellationToken) => NotedAsync(peer, async () =>
    {
        await FollowOnceAsync(peer, question, hear, cancellationToken);
        return true;
    });

    async Task FollowOnceAsync(PeerAddress peer, PeerFollowQuestion question, Action<PeerNews> hear, CancellationToken cancellationToken)
    {
        using var request = Question(HttpMethod.Post, $"{PeerProtocol.Root}/follow");
        request.Content = JsonContent.Create(question, PeerJson.Default.PeerFollowQuestion);
        using var response = await SendAsync(peer, request, cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new SourceException(SourceFault.Missing, $"peer {peer} answered {(int)response.StatusCode}");
        await using var news = new PeerNewsReader(await response.Content.ReadAsStreamAsync(cancellationToken), peer, time);
        while (await news.ReadAsync(cancellationToken) is { } line)
            hear(line);
    }

    /// <summary>The peer's list of the blob's chunks, of a shape that it can have; null when it has none. What it is worth, it proves itself.</summary>
    /// <exception cref="SourceException">Not reached, or an answer that cannot be right.</exception>
    public Task<ChunkList?> ChunksAsync(PeerAddress peer, Blob blob, CancellationToken cancellationToken) => NotedAsync(peer, () => ChunksOnceAsync(peer, blob, cancellationToken));

    async Task<ChunkList?> ChunksOnceAsync(PeerAddress peer, Blob blob, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(peer, Question(HttpMethod.Get, $"{PeerProtocol.Root}/blobs/{blob.ETag}/chunks"), cancellationToken);
        if (response.StatusCode is HttpStatusCode.NotFound)
            return null;
        if (!response.IsSuccessStatusCode)
            throw new SourceException(SourceFault.Missing, $"peer {peer} answered {(int)response.StatusCode}");
        var list = new ChunkListReader(blob.Size);
        await BoundedBody.ReadAsync(response, $"peer {peer}", ChunkList.MostBytes(blob.Size), AnswerTimeout, time, part => list.Take(part.Span), cancellationToken);
        return list.Finish() ?? throw new SourceException(SourceFault.Lied, $"peer {peer} sent a list that {blob.ETag} cannot have");
    }

    /// <summary>Tells the peer that bytes from it are wrong; true when it found so too.</summary>
    /// <exception cref="SourceException">Not reached, or an answer that cannot be right.</exception>
    public async Task<bool> ComplainAsync(PeerAddress peer, Blob blob, ByteRange range, CancellationToken cancellationToken)
    {
        using var request = Question(HttpMethod.Post, $"{PeerProtocol.Root}/blobs/{blob.ETag}/complaint");
        request.Content = JsonContent.Create(new(range.Start, range.End), PeerJson.Default.PeerComplaint);
        using var response = await SendAsync(peer, request, cancellationToken);
        return (await ReadAsync(peer, response, PeerJson.Default.PeerComplaintAnswer, cancellationToken)).Dropped;
    }

    /// <summary>Many small blobs in one answer, in the order in which they are there; those that the peer cannot give are left out.</summary>
    /// <exception cref="SourceException">Not reached, busy, or no such answer.</exception>
    public async Task<BundleReader> BundleAsync(PeerAddress peer, IEnumerable<ETag> blobs, CancellationToken cancellationToken)
    {
        using var request = Question(HttpMethod.Post, $"{PeerProtocol.Root}/bundle");
        request.Content = JsonContent.Create(new([.. blobs.Select(blob => blob.Text)]), PeerJson.Default.PeerBlobQuestion);
        var response = await SendAsync(peer, request, cancellationToken);
        if (response.IsSuccessStatusCode)
            return new(await response.Content.ReadAsStreamAsync(cancellationToken), peer, time, response, cancellationToken);
        using (response)
            throw response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests
                ? new SourceException(SourceFault.Busy, $"peer {peer} is busy", response.Headers.RetryAfter?.Delta)
                : new SourceException(SourceFault.Missing, $"peer {peer} answered {(int)response.StatusCode}");
    }

    /// <summary>The answer whose body is exactly the range of the blob.</summary>
    /// <exception cref="SourceException">Not reached, gone, or an answer about something else.</exception>
    public async Task<HttpResponseMessage> OpenAsync(PeerAddress peer, Blob blob, ByteRange range, CancellationToken cancellationToken)
    {
        using var request = Question(HttpMethod.Get, $"{PeerProtocol.Root}/blobs/{blob.ETag}");
        request.Headers.Range = new(range.Start, range.End - 1);
        var response = await SendAsync(peer, request, cancellationToken);
        var said = response.Content.Headers.ContentRange;
        if (response.StatusCode is HttpStatusCode.PartialContent && said is { From: { } from, To: { } to, Length: { } length }
            && from == range.Start && to == range.End - 1 && length == blob.Size)
            return response;
        using (response)
            throw response.StatusCode switch
            {
                HttpStatusCode.Conflict => new SourceException(SourceFault.Missing, $"peer {peer} does not have {range} of {blob.ETag} yet"),
                HttpStatusCode.NotFound => new SourceException(SourceFault.Missing, $"peer {peer} no longer has {blob.ETag}"),
                HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests =>
                    new SourceException(SourceFault.Busy, $"peer {peer} is busy", response.Headers.RetryAfter?.Delta),
                _ => new SourceException(SourceFault.Lied, $"peer {peer} answers {(int)response.StatusCode} with the range {said} instead of {range}/{blob.Size}"),
            };
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
    }

    Task<T> ReadAsync<T>(
        PeerAddress peer, HttpResponseMessage response, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken, int limit = PeerProtocol.LargestShortAnswer)
        where T : class =>
        response.IsSuccessStatusCode
            ? BoundedBody.ReadJsonAsync(response, $"peer {peer}", type, limit, AnswerTimeout, time, cancellationToken)
            : throw new SourceException(SourceFault.Missing, $"peer {peer} answered {(int)response.StatusCode}");
}
