using System.Net;
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
    volatile bool _hasNoRanges;

    ByteRange Whole => ByteRange.Whole(_file.Size);

    internal HubFile(HubClient hub, HubRequests requests, TimeProvider time, RepoId repo, CommitId commit, RepoFile file)
    {
        (_hub, _requests, _time, _repo, _file) = (hub, requests, time, repo, file);
        var path = string.Join('/', file.Path.Text.Split('/').Select(Uri.EscapeDataString));
        _address = hub.Upstream.At($"{repo.ResolvePath}/resolve/{commit}/{path}");
    }

    /// <summary>False when the upstream answered a range of this file, or of another, with something that is no range.</summary>
    public bool KeepsRanges => !_hasNoRanges && _hub.Ranges.IsKeptBy(_hub.Upstream);

    /// <summary>
    /// An answer whose body is the range, the first part of it, or all of the file when the upstream ignores ranges; null when the upstream
    /// answered with what can be none of these: <see cref="OpenWholeAsync"/> is left then.
    /// </summary>
    /// <exception cref="SourceException">Refused, not reached, or an answer about something else.</exception>
    public async Task<HubBody?> OpenAsync(ByteRange range, CancellationToken cancellationToken)
    {
        if (range == Whole)
            return await OpenWholeAsync(cancellationToken);
        var (response, facts) = await SendAsync(range, cancellationToken);
        var answer = RangeAnswer.Read(response, _file, range);
        if (!answer.IsUsable && answer.Problem is null)
        {
            response.Dispose();
            GiveUpRanges(everywhere: true);
            return null;
        }
        return Check(response, facts, answer);
    }

    /// <summary>An answer whose body is all of the file.</summary>
    /// <exception cref="SourceException">Refused, not reached, or an answer about something else.</exception>
    public async Task<HubBody> OpenWholeAsync(CancellationToken cancellationToken)
    {
        var (response, facts) = await SendAsync(null, cancellationToken);
        return Check(response, facts, RangeAnswer.ReadWhole(response, _file));
    }

    /// <summary>Asks for no more ranges of this file; <paramref name="everywhere"/>: nor of others of this upstream.</summary>
    public void GiveUpRanges(bool everywhere)
    {
        _hasNoRanges = true;
        if (everywhere)
            _hub.Ranges.NoteNone(_hub.Upstream);
    }

    /// <summary>Forgets the signed link.</summary>
    public void Forget() => _link = null;

    async Task<(HttpResponseMessage Response, HubFacts Facts)> SendAsync(ByteRange? range, CancellationToken cancellationToken)
    {
        if (_link is { } link)
        {
            var known = await _requests.GetLinkAsync(link, range, cancellationToken);
            if (MayBeRead(known, range))
                return (known, default);
            known.Dispose();
            Interlocked.CompareExchange(ref _link, null, link);
        }

        var answer = await _requests.GetAsync(_address, anonymous: false, range, cancellationToken);
        var left = !_hub.Upstream.IsHomeOf(answer.Address);
        if (!MayBeRead(answer.Response, range))
            using (answer)
                throw left
                    ? new SourceException(
                        SourceFault.Unreachable, $"{answer.Address.Host} ({(int)answer.Response.StatusCode}) refuses the link that {_hub.Upstream.Name} gave",
                        RetryAdvice.Read(answer.Response, _time))
                    : HubErrors.Read(answer.Response, _hub.Upstream, _repo, _file.Path.Text, _time);
        if (left && answer.Response.IsSuccessStatusCode)
            _link = answer.Address;
        return (answer.Response, answer.Facts);
    }

    // A range that is right is never refused as such: who does so keeps none.
    static bool MayBeRead(HttpResponseMessage response, ByteRange? range) =>
        response.IsSuccessStatusCode || (range is not null && response.StatusCode is HttpStatusCode.RequestedRangeNotSatisfiable);

    HubBody Check(HttpResponseMessage response, HubFacts facts, RangeAnswer answer)
    {
        if ((FactsProblem(response, facts) ?? answer.Problem) is { } problem)
            using (response)
                throw new SourceException(SourceFault.Lied, $"{_hub.Upstream.Name} answers for {_file.Path} with {problem}");
        try
        {
            if (answer.IsPacked)
                ContentCoding.Unpack(response, _hub.Upstream.Name);
            return new(response, answer.Range);
        }
        catch (SourceException)
        {
            response.Dispose();
            throw;
        }
    }

    string? FactsProblem(HttpResponseMessage response, HubFacts facts)
    {
        // What packs an answer may give it a tag of its own; the digest decides.
        if (facts.ETag is { } etag && etag != _file.ETag && !ContentCoding.IsPacked(response))
            return $"another etag, {etag}";
        return facts.Size is { } linked && linked != _file.Size ? $"another size, {linked} bytes instead of {_file.Size}" : null;
    }
}

/// <summary>An open body, and the range of the file that it is.</summary>
public sealed class HubBody(HttpResponseMessage response, ByteRange range) : IDisposable
{
    public ByteRange Range { get; } = range;

    public Task<Stream> ReadAsync(CancellationToken cancellationToken) => response.Content.ReadAsStreamAsync(cancellationToken);

    public void Dispose() => response.Dispose();
}
