using System.Net;
using System.Net.Http.Json;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Core.Xet;

namespace Hfmc.Core.Peers;

/// <summary>What a peer has of blobs, and their bytes.</summary>
public sealed partial class PeerClient
{
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
}
