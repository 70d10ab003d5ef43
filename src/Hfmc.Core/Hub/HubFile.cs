using System.Net;
using System.Net.Http.Headers;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Hub;

/// <summary>
/// Bytes of one file from one upstream. The signed link that the first answer leads to is used for all further ranges until
/// the storage host refuses it; then a new one is asked for, in mid-blob.
/// </summary>
public sealed class HubFile
{
    readonly HubClient _hub;
    readonly HubRequests _requests;
    readonly TimeProvider _time;
    readonly RepoId _repo;
    readonly RepoFile _file;
    readonly Uri _address;
    volatile Uri? _link;

    internal HubFile(HubClient hub, HubRequests requests, TimeProvider time, RepoId repo, CommitId commit, RepoFile file)
    {
        (_hub, _requests, _time, _repo, _file) = (hub, requests, time, repo, file);
        var path = string.Join('/', file.Path.Text.Split('/').Select(Uri.EscapeDataString));
        _address = hub.Upstream.At($"{repo.ResolvePath}/resolve/{commit}/{path}");
    }

    /// <summary>An answer whose body is the range, or all of the file when the upstream ignores ranges.</summary>
    /// <exception cref="SourceException">Refused, not reached, or an answer about something else.</exception>
    public async Task<HubBody> OpenAsync(ByteRange range, CancellationToken cancellationToken)
    {
        if (_link is { } link)
        {
            var known = await _requests.GetLinkAsync(link, range, cancellationToken);
            if (known.IsSuccessStatusCode)
                return Check(known, default, range);
            known.Dispose();
            Interlocked.CompareExchange(ref _link, null, link);
        }

        var answer = await _requests.GetAsync(_address, anonymous: false, range == ByteRange.Whole(_file.Size) ? null : range, cancellationToken);
        var left = !_hub.Upstream.IsHomeOf(answer.Address);
        if (!answer.Response.IsSuccessStatusCode)
            using (answer)
                throw left
                    ? new SourceException(
                        SourceFault.Unreachable, $"{answer.Address.Host} ({(int)answer.Response.StatusCode}) refuses the link that {_hub.Upstream.Name} gave",
                        RetryAdvice.Read(answer.Response, _time))
                    : HubErrors.Read(answer.Response, _hub.Upstream, _repo, _file.Path.Text, _time);
        if (left)
            _link = answer.Address;
        return Check(answer.Response, answer.Facts, range);
    }

    /// <summary>Forgets the signed link.</summary>
    public void Forget() => _link = null;

    HubBody Check(HttpResponseMessage response, HubFacts facts, ByteRange range)
    {
        if (Problem(response, facts, range) is { } problem)
            using (response)
                throw new SourceException(SourceFault.Lied, $"{_hub.Upstream.Name} answers for {_file.Path} with {problem}");
        return new(response, response.StatusCode is HttpStatusCode.PartialContent ? range : ByteRange.Whole(_file.Size));
    }

    string? Problem(HttpResponseMessage response, HubFacts facts, ByteRange range)
    {
        var (size, headers) = (_file.Size, response.Content.Headers);
        if (facts.ETag is { } etag && etag != _file.ETag)
            return $"another etag, {etag}";
        if (facts.Size is { } linked && linked != size)
            return $"another size, {linked} bytes instead of {size}";
        return response.StatusCode switch
        {
            HttpStatusCode.PartialContent => IsOf(headers.ContentRange, range, size) ? null : $"the range {headers.ContentRange} instead of {range}/{size}",
            HttpStatusCode.OK => headers.ContentLength is { } length && length != size ? $"{length} bytes instead of {size}" : null,
            var status => $"status {(int)status}",
        };
    }

    static bool IsOf(ContentRangeHeaderValue? said, ByteRange range, long size) =>
        said is { From: { } from, To: { } to } && from == range.Start && to == range.End - 1 && (said.Length ?? size) == size;
}

/// <summary>An open body, and the range of the file that it is.</summary>
public sealed class HubBody(HttpResponseMessage response, ByteRange range) : IDisposable
{
    public ByteRange Range { get; } = range;

    public Task<Stream> ReadAsync(CancellationToken cancellationToken) => response.Content.ReadAsStreamAsync(cancellationToken);

    public void Dispose() => response.Dispose();
}
