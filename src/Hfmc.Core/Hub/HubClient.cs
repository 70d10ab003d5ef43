using System.Text.Json;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Hub;

/// <summary>
/// What an upstream says of a repo at a revision. <c>IsOpen</c>: neither private nor gated; null when it does not say. <c>Text</c>: its own
/// JSON without the list of files; null when that is too long. <c>Files</c>: how many files it names; null when it names none.
/// </summary>
public readonly record struct RepoInfo(CommitId Commit, bool? IsOpen, string? Text, int? Files = null);

/// <summary>Whose token it is.</summary>
public sealed record Account(string Name, IReadOnlyList<string> Organisations, string? TokenName);

/// <summary>Asks one upstream about repos (hub-api, 4). Each call is one try: who asks again, and whom, is the caller's choice.</summary>
public sealed class HubClient
{
    /// <summary>Names the daemons that a request has passed through, so that none asks itself for ever.</summary>
    public const string ViaHeader = "X-Hfmc-Via";

    /// <summary>As many as the Hub lists on one page.</summary>
    public const int FilesOfPage = 1000;

    const int LargestInfo = 32 << 20, LargestPage = 64 << 20, MostHistoryPages = 20;

    readonly HubRequests _requests;
    readonly FileLists _lists;
    readonly TimeProvider _time;

    /// <param name="upstream">Whom to ask.</param>
    /// <param name="http">From <see cref="HubTransport"/>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="userAgent">Sent with each request.</param>
    /// <param name="via">The node id of a daemon, so that it notices when it asks itself; null for a command.</param>
    public HubClient(Upstream upstream, HttpMessageInvoker http, TimeProvider time, string userAgent, string? via)
    {
        (Upstream, _time, Ranges, Trees) = (upstream, time, new(time), new(time));
        _requests = new(upstream, http, time, userAgent, via);
        _lists = new(_requests, upstream, time);
    }

    public Upstream Upstream { get; }

    /// <summary>Where it is noted what upstreams do wrong; null where nobody asks again.</summary>
    public Conduct? Conduct { get; init; }

    /// <summary>Where it is noted that it does not answer; null where nobody asks again.</summary>
    public UpstreamBackoff? Backoff { get; init; }

    /// <summary>Which upstreams give no ranges, as this process has found out.</summary>
    public RangeSupport Ranges { get; init; }

    /// <summary>Lists that this process is reading.</summary>
    public TreeReadings Trees { get; init; }

    /// <exception cref="SourceException">Refused, or not reached.</exception>
    public async Task<RepoInfo> GetRepoAsync(RepoId repo, Revision revision, bool anonymous, CancellationToken cancellationToken)
    {
        using var answer = await GetAsync($"api/{repo.ApiPath}/revision/{Uri.EscapeDataString(revision.Text)}", repo, anonymous, cancellationToken);
        return ReadRepo(
            await BoundedBody.ReadAsync(answer.Response, Upstream.Name, LargestInfo, HubRequests.AnswerTimeout, _time, cancellationToken), repo, revision);
    }

    /// <summary>What an answer to a question about the repo at the revision says of it.</summary>
    /// <exception cref="SourceException">It cannot be right.</exception>
    public RepoInfo ReadRepo(ReadOnlyMemory<byte> json, RepoId repo, Revision revision)
    {
        try
        {
            return Read(JsonSerializer.Deserialize(json.Span, HubJson.Default.RepoInfoJson) ?? new(null, null, null), repo, revision) with { Text = RepoInfoText.Of(json) };
        }
        catch (JsonException error)
        {
            throw new SourceException(SourceFault.Lied, $"{Upstream.Name} sent an answer that is not the JSON expected", inner: error);
        }
    }

    RepoInfo Read(RepoInfoJson info, RepoId repo, Revision revision)
    {
        if (!CommitId.TryParse(info.Sha, out var commit))
            throw new SourceException(SourceFault.Lied, $"{Upstream.Name} names no commit for {repo}@{revision}");
        if (revision.IsCommit && commit.Text != revision.Text)
            throw new SourceException(SourceFault.Lied, $"{Upstream.Name} names another commit for {repo}@{revision}");
        return new(commit, info switch
        {
            { Private: true } or { Gated.ValueKind: JsonValueKind.String or JsonValueKind.True } => false,
            { Private: false, Gated.ValueKind: JsonValueKind.False } => true,
            _ => null,
        }, null, info.Files);
    }

    /// <summary>All files of a commit, checked: ids that are digests, no file that is also a folder; names that cannot be kept are put aside.</summary>
    /// <exception cref="SourceException">Refused, not reached, or a listing that cannot be right.</exception>
    public Task<Snapshot> GetSnapshotAsync(RepoId repo, CommitId commit, bool anonymous, CancellationToken cancellationToken) =>
        GetSnapshotAsync(repo, commit, anonymous, came: null, cancellationToken);

    /// <summary>The same; <paramref name="came"/> gets the files of each page as it comes.</summary>
    /// <exception cref="SourceException">Refused, not reached, or a listing that cannot be right.</exception>
    public Task<Snapshot> GetSnapshotAsync(RepoId repo, CommitId commit, bool anonymous, Action<ListedPage>? came, CancellationToken cancellationToken) =>
        _lists.ReadAllAsync(Trees, repo, commit, anonymous, came, cancellationToken);

    /// <summary>These files of a commit; those that it does not have are left out.</summary>
    /// <exception cref="SourceException">Refused, not reached, or an answer that cannot be right.</exception>
    public Task<Snapshot> GetFilesAsync(RepoId repo, CommitId commit, IReadOnlyCollection<FilePath> paths, bool anonymous, CancellationToken cancellationToken) =>
        _lists.ReadSomeAsync(Trees, repo, commit, paths, anonymous, cancellationToken);

    /// <summary>The one commit in the history of main that begins with the text; null when there is none, or several.</summary>
    /// <exception cref="SourceException">Refused, or not reached.</exception>
    public async Task<CommitId?> FindCommitAsync(RepoId repo, Revision shortened, bool anonymous, CancellationToken cancellationToken)
    {
        var found = new HashSet<CommitId>();
        Uri? address = Upstream.At($"api/{repo.ApiPath}/commits/main");
        for (var page = 0; page < MostHistoryPages && address is not null; page++)
        {
            using var answer = await GetAsync(address, repo, anonymous, cancellationToken);
            foreach (var entry in await ReadAsync(answer, HubJson.Default.CommitJsonArray, LargestPage, cancellationToken))
                if (CommitId.TryParse(entry?.Id, out var commit) && commit.Text.StartsWith(shortened.Text, StringComparison.Ordinal))
                    found.Add(commit);
            address = PageLinks.Next(answer.Response, Upstream);
        }
        return found.Count is 1 ? found.Single() : null;
    }

    /// <summary>
    /// Passes a question on and gives the answer as it is, whatever its status; a 304 says that what is known by its tag still holds.
    /// </summary>
    /// <exception cref="SourceException">Not reached, or an answer that is too long.</exception>
    public async Task<HubReply> AskAsync(HubQuestion question, bool anonymous, CancellationToken cancellationToken)
    {
        using var answer = await _requests.AskAsync(Upstream.At(question.Path), question, anonymous, cancellationToken);
        if (question.IsHead)
            return await HeadAsync(answer, question, anonymous, cancellationToken);
        ContentCoding.Unpack(answer.Response, Upstream.Name);
        if (!question.HasNoBody)
            WebPage.Refuse(answer);
        var body = await BoundedBody.ReadAsync(answer.Response, Upstream.Name, LargestInfo, HubRequests.AnswerTimeout, _time, cancellationToken);
        return HubReply.Of(answer.Response, body, RetryAdvice.Read(answer.Response, _time), isHead: false);
    }

    // Where the method is not served, a byte of the file tells as well.
    async Task<HubReply> HeadAsync(HubAnswer answer, HubQuestion question, bool anonymous, CancellationToken cancellationToken)
    {
        if (answer.Response.StatusCode is not (System.Net.HttpStatusCode.MethodNotAllowed or System.Net.HttpStatusCode.NotImplemented))
            return HubReply.Of(answer.Response, [], RetryAdvice.Read(answer.Response, _time), isHead: true);
        using var ranged = await _requests.HeadAsync(Upstream.At(question.Path), new(0, 1), anonymous, cancellationToken);
        return HubReply.Of(ranged.Response, [], RetryAdvice.Read(ranged.Response, _time), isHead: true);
    }

    /// <summary>Sends no token from now on: it was refused where none is needed.</summary>
    public void ForgoToken() => _requests.ForgoToken();

    /// <exception cref="SourceException">Refused, or not reached.</exception>
    public async Task<Account> WhoAmIAsync(CancellationToken cancellationToken)
    {
        using var answer = await _requests.GetAsync(Upstream.At("api/whoami-v2"), anonymous: false, range: null, cancellationToken);
        ContentCoding.Unpack(answer.Response, Upstream.Name);
        if (!answer.Response.IsSuccessStatusCode)
            throw answer.Response.StatusCode is System.Net.HttpStatusCode.Unauthorized or System.Net.HttpStatusCode.Forbidden
                ? new HubRefusal(HubReason.BadToken, $"{Upstream.Name} does not accept the token")
                : HubErrors.Read(answer.Response, Upstream, default, "whoami-v2", _time);
        var account = await ReadAsync(answer, HubJson.Default.WhoAmIJson, LargestInfo, cancellationToken);
        return new(account.Name ?? "?", [.. (account.Orgs ?? []).OfType<WhoAmIOrgJson>().Select(org => org.Name).OfType<string>()], account.Auth?.AccessToken?.DisplayName);
    }

    /// <summary>A file of a commit, whose bytes can be read in ranges.</summary>
    public HubFile File(RepoId repo, CommitId commit, RepoFile file) => new(this, _requests, _time, repo, commit, file);

    Task<HubAnswer> GetAsync(string path, RepoId repo, bool anonymous, CancellationToken cancellationToken) =>
        GetAsync(Upstream.At(path), repo, anonymous, cancellationToken);

    async Task<HubAnswer> GetAsync(Uri address, RepoId repo, bool anonymous, CancellationToken cancellationToken)
    {
        var answer = await _requests.GetAsync(address, anonymous, range: null, cancellationToken);
        try
        {
            ContentCoding.Unpack(answer.Response, Upstream.Name);
            WebPage.Refuse(answer);
            return answer.Response.IsSuccessStatusCode ? answer : throw HubErrors.Read(answer.Response, Upstream, repo, null, _time);
        }
        catch (SourceException)
        {
            answer.Dispose();
            throw;
        }
    }

    Task<T> ReadAsync<T>(HubAnswer answer, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, int limit, CancellationToken cancellationToken)
        where T : class =>
        BoundedBody.ReadJsonAsync(answer.Response, Upstream.Name, type, limit, HubRequests.AnswerTimeout, _time, cancellationToken);
}
