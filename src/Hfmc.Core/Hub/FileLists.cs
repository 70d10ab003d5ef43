using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Hub;

/// <summary>
/// Which files a commit has, in the ways that one upstream knows: the tree in pages, else what the answer about the repo names; some files
/// by name, else by their own headers. Asked of a commit that the upstream has just named: a page that is not found is then a question that
/// it does not know, and says nothing of the repo.
/// </summary>
sealed class FileLists(HubRequests requests, Upstream upstream, TimeProvider time)
{
    // Names in one question; and files whose own headers are asked where there is no such question.
    const int LargestPage = 64 << 20, MostPaths = 500, MostHeads = 64;

    readonly FileFacts _facts = new(requests, upstream, time);
    readonly ConcurrentDictionary<(RepoId Repo, CommitId Commit), TreeReading> _ownTrees = new();

    public async Task<Snapshot> ReadAllAsync(
        TreeReadings trees, RepoId repo, CommitId commit, bool anonymous, Action<ListedPage>? came, CancellationToken cancellationToken)
    {
        // What a token shows stays with its owner.
        var reading = anonymous || requests.IsAnonymous ? trees.Of(upstream, repo, commit) : _ownTrees.GetOrAdd((repo, commit), key => new(upstream.Name, key.Repo, key.Commit));
        try
        {
            return await reading.ReadAsync(next => ReadPageAsync(repo, commit, next, anonymous, cancellationToken), came, cancellationToken);
        }
        catch (NoSuchApiException)
        {
            using var answer = await requests.GetAsync(upstream.At($"api/{repo.ApiPath}/revision/{commit}?blobs=true"), anonymous, range: null, cancellationToken);
            var info = await ReadAsync(answer, repo, HubJson.Default.SiblingsJson, cancellationToken);
            return await SiblingsList.ReadAsync(info, upstream, repo, commit, (name, token) => _facts.ReadAsync(repo, commit, name, anonymous, token), cancellationToken);
        }
    }

    public async Task<Snapshot> ReadSomeAsync(
        TreeReadings trees, RepoId repo, CommitId commit, IReadOnlyCollection<FilePath> paths, bool anonymous, CancellationToken cancellationToken)
    {
        var listing = new SnapshotBuilder(upstream.Name, repo);
        try
        {
            foreach (var some in paths.Chunk(MostPaths))
                listing.AddAll((await AskAsync(repo, commit, some, anonymous, cancellationToken))
                    .Where(entry => FilePath.TryParse(entry?.Path, out var path) && some.Contains(path)));
        }
        catch (NoSuchApiException) when (paths.Count > MostHeads)
        {
            return await ReadAllAsync(trees, repo, commit, anonymous, came: null, cancellationToken);
        }
        catch (NoSuchApiException)
        {
            foreach (var path in paths)
                if (await _facts.ReadAsync(repo, commit, path.Text, anonymous, cancellationToken) is { } blob)
                    listing.Add(path.Text, blob.ETag.Text, blob.Size, null);
        }
        return listing.ToSnapshot(commit) with { IsPartial = true };
    }

    async Task<TreeEntryJson[]> AskAsync(RepoId repo, CommitId commit, IEnumerable<FilePath> paths, bool anonymous, CancellationToken cancellationToken)
    {
        // A form, as Python sends it.
        var form = string.Join('&', paths.Select(path => $"paths={Uri.EscapeDataString(path.Text)}").Append("expand=false"));
        var question = new HubQuestion("") { Body = Encoding.ASCII.GetBytes(form), BodyType = "application/x-www-form-urlencoded" };
        using var answer = await requests.AskAsync(upstream.At($"api/{repo.ApiPath}/paths-info/{commit}"), question, anonymous, cancellationToken);
        MustHaveApi(answer.Response);
        return await ReadAsync(answer, repo, HubJson.Default.TreeEntryJsonArray, cancellationToken);
    }

    async Task<TreePage> ReadPageAsync(RepoId repo, CommitId commit, Uri? page, bool anonymous, CancellationToken cancellationToken)
    {
        using var answer = await requests.GetAsync(
            page ?? upstream.At($"api/{repo.ApiPath}/tree/{commit}?recursive=true&expand=false"), anonymous, range: null, cancellationToken);
        if (page is null)
            MustHaveApi(answer.Response);
        return new(await ReadAsync(answer, repo, HubJson.Default.TreeEntryJsonArray, cancellationToken), PageLinks.Next(answer.Response, upstream));
    }

    async Task<T> ReadAsync<T>(HubAnswer answer, RepoId repo, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        if (!answer.Response.IsSuccessStatusCode)
            throw HubErrors.Read(answer.Response, upstream, repo, null, time);
        ContentCoding.Unpack(answer.Response, upstream.Name);
        return await BoundedBody.ReadJsonAsync(answer.Response, upstream.Name, type, LargestPage, HubRequests.AnswerTimeout, time, cancellationToken);
    }

    static void MustHaveApi(HttpResponseMessage response)
    {
        if (HubErrors.IsNoSuchApi(response))
            throw new NoSuchApiException();
    }
}
