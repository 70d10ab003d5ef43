using System.Net;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Hub;

/// <summary>
/// What the headers of a file's own address say of it (<c>X-Linked-Etag</c>, <c>X-Linked-Size</c>, <c>ETag</c>, <c>Content-Length</c>):
/// for upstreams that have no lists, or lists without sizes and ids.
/// </summary>
sealed class FileFacts(HubRequests requests, Upstream upstream, TimeProvider time)
{
    /// <summary>The blob; null when the commit has no such file.</summary>
    /// <exception cref="SourceException">Refused, not reached, or headers that do not tell.</exception>
    public async Task<Blob?> ReadAsync(RepoId repo, CommitId commit, string path, bool anonymous, CancellationToken cancellationToken)
    {
        var address = upstream.At(AddressOf(repo, commit.Text, path));
        var (facts, isThere) = await AskAsync(address, null, repo, path, anonymous, cancellationToken);
        // Proxies lose the length of a HEAD, and some servers do not know the method: a byte of the file tells as well, wherever it comes from.
        if (isThere && (facts.ETag is null || facts.Size is null))
        {
            var (more, stillThere) = await AskAsync(address, new(0, 1), repo, path, anonymous, cancellationToken);
            (facts, isThere) = (new(facts.ETag ?? more.ETag, facts.Size ?? more.Size, null), stillThere);
        }
        if (!isThere)
            return null;
        return facts is { ETag: { } etag, Size: { } size and >= 0 }
            ? new(etag, size)
            : throw new SourceException(SourceFault.Missing, $"{upstream.Name} does not say which bytes {path} of {repo} has: it has no list, and its headers have no {(facts.ETag is null ? "id" : "size")}");
    }

    /// <summary>Of a file at a revision, below the upstream's own address.</summary>
    public static string AddressOf(RepoId repo, string revision, string path) =>
        $"{repo.ResolvePath}/resolve/{Uri.EscapeDataString(revision)}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

    async Task<(HubFacts Facts, bool IsThere)> AskAsync(
        Uri address, Store.ByteRange? range, RepoId repo, string path, bool anonymous, CancellationToken cancellationToken)
    {
        using var answer = range is null
            ? await requests.HeadAsync(address, null, anonymous, cancellationToken)
            : await requests.GetAsync(address, anonymous, range, cancellationToken);
        var response = answer.Response;
        if ((int)response.StatusCode is >= 300 and < 400)
            return (answer.Facts, true);
        if (range is null && response.StatusCode is HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented)
            return (default, true);
        if (!response.IsSuccessStatusCode)
            return HubErrors.Read(response, upstream, repo, path, time) is var refusal && refusal.Reason is HubReason.EntryNotFound ? (default, false) : throw refusal;
        return (answer.Facts with { Size = answer.Facts.Size ?? SizeOf(response) }, true);
    }

    static long? SizeOf(HttpResponseMessage response) =>
        ContentRange.Of(response)?.Size
        ?? (response.StatusCode is HttpStatusCode.OK && !ContentCoding.IsPacked(response) ? response.Content.Headers.ContentLength : null);
}
