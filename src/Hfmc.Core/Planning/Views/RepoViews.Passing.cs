using System.Text.Json;
using Hfmc.Core.Hub;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;

namespace Hfmc.Core.Planning;

/// <summary>Questions that only upstreams can answer.</summary>
public sealed partial class RepoViews
{
    /// <summary>Passes on a question that is about no repo, with the caller's token where it may go. Null when no upstream gives a final word.</summary>
    /// <exception cref="ViewException">The upstream's no.</exception>
    public async Task<UpstreamAnswer?> PassAsync(HubQuestion question, ViewCaller caller, CancellationToken cancellationToken) =>
        Yes(await AskAsOwnAsync(question, caller, cancellationToken), null, caller);

    /// <summary>The same for a question about a repo: first as a stranger's, so that callers share the answers.</summary>
    /// <exception cref="ViewException">The upstream's no.</exception>
    public async Task<UpstreamAnswer?> PassAsync(HubQuestion question, Revision revision, ViewCaller caller, CancellationToken cancellationToken)
    {
        var hubs = HubsOf(caller);
        var answer = await _answers.AskAsync(hubs, question, CallerMarks.OfStranger(caller), anonymous: true, cancellationToken);
        if (answer is not { Reply.IsYes: true } && caller.Token is not null && HasHome(hubs))
            answer = await _answers.AskAsync(hubs, question, _marks.Of(caller), anonymous: false, cancellationToken);
        return Yes(answer, revision, caller);
    }

    /// <summary>The upstream's list of branches and tags has gone to a reader, who may ask for the files of main by its commit from here on.</summary>
    public void NoteRefs(RepoId repo, UpstreamAnswer answer)
    {
        try
        {
            using var refs = JsonDocument.Parse(answer.Reply.Body);
            foreach (var branch in refs.RootElement.GetProperty("branches").EnumerateArray())
                if (branch.GetProperty("name").GetString() == Revision.Main.Text && CommitId.TryParse(branch.GetProperty("targetCommit").GetString(), out var commit))
                    _engine.Named.Note(repo, Revision.Main, commit);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            // Another Hub's, of another form: the reader gets it as it is.
        }
    }

    /// <summary>Ends well when the caller may see the repo, and have its bytes.</summary>
    /// <exception cref="ViewException">He may not, or nobody can say whether he may.</exception>
    public async Task CheckAsync(RepoId repo, Revision revision, ViewCaller caller, CancellationToken cancellationToken)
    {
        var sight = await LookAsync(repo, revision, caller, cancellationToken);
        if (!sight.IsPublic && sight.Origin is ListingOrigin.Upstream)
            await MustBeReadableAsync(repo, revision, caller, async () => await ListAsync(sight, revision, cancellationToken), cancellationToken);
    }

    /// <summary>Ends well when the caller may have the repo's bytes.</summary>
    /// <param name="repo">The repo.</param>
    /// <param name="revision">As he named it.</param>
    /// <param name="caller">Whose token is asked with.</param>
    /// <param name="view">Some of its files, for upstreams that want to be asked for one.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ViewException">He may not, or nobody can say whether he may.</exception>
    async Task MustBeReadableAsync(RepoId repo, Revision revision, ViewCaller caller, Func<Task<RepoView?>> view, CancellationToken cancellationToken)
    {
        var answer = await AskAsOwnAsync(new($"api/{repo.ApiPath}/auth-check") { HasNoBody = true }, caller, cancellationToken);
        // Not every Hub has this question; but each says of a file whether this caller may have it.
        if (answer is { Reply.IsNoSuchApi: true } && answer.Reply["X-Error-Code"] is null)
        {
            if (await view() is not { } files || Telling(files) is not { } file)
                return; // It has no file, so there is nothing to be kept from him.
            answer = await AskAsOwnAsync(new(FileFacts.AddressOf(repo, files.Commit.Text, file.Path.Text)) { IsHead = true }, caller, cancellationToken);
        }
        if (Yes(answer, revision, caller) is null)
            throw ViewException.NotHere(repo, revision, "no upstream can say whether you may read it");
    }

    // What describes a gated repo may be open to all: its weights are not.
    static RepoFile? Telling(RepoView view) =>
        view.Snapshot.Files.OrderBy(file => file.Path.Text is "README.md" or ".gitattributes" or "LICENSE").ThenByDescending(file => file.Size).FirstOrDefault();

    async Task<UpstreamAnswer?> AskAsOwnAsync(HubQuestion question, ViewCaller caller, CancellationToken cancellationToken)
    {
        var hubs = HubsOf(caller);
        return caller.Token is not null && HasHome(hubs)
            ? await _answers.AskAsync(hubs, question, _marks.Of(caller), anonymous: false, cancellationToken)
            : await _answers.AskAsync(hubs, question, CallerMarks.OfStranger(caller), anonymous: true, cancellationToken);
    }

    static UpstreamAnswer? Yes(UpstreamAnswer? answer, Revision? revision, ViewCaller caller) =>
        answer is { Reply.IsYes: false } ? throw UpstreamNo.Of(answer.Reply, revision, caller) : answer;
}
