using Hfmc.Core.Hashing;
using Hfmc.Core.Hub;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Daemon.Endpoints.Xet;
using Hfmc.Daemon.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Hfmc.Daemon.Endpoints.Hub;

/// <summary>
/// The part of the Hub's own API that a downloader reads (hub-api, 2 and 4): repo info, tree, files with ranges. It serves the
/// public repos that this cache holds; a file that is listed but not here is "not found", never a server error.
/// </summary>
sealed class HubEndpoints(DaemonIdentity identity, RepoViews views, PublicShelf shelf, BlobSender sender, XetOffer xet)
{
    const int MostHops = 4, LoopDetected = 508;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods("{**any}", [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)AnswerAsync);

    async Task AnswerAsync(HttpContext context)
    {
        try
        {
            if (HasBeenHere(context.Request))
                throw new ViewException(LoopDetected, "LoopDetected", "this daemon has been asked by way of itself");
            var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            if (HubTarget.Parse(raw) is not { } target)
                throw new ViewException(StatusCodes.Status404NotFound, "NotFound", "hfmc serves repo info, trees and files here");
            await AnswerAsync(context, target);
        }
        catch (ViewException no)
        {
            await HubRefusals.AnswerAsync(context, no);
        }
    }

    async Task AnswerAsync(HttpContext context, HubTarget target)
    {
        var caller = HubCaller.Of(context);
        var view = target.Resource is HubResource.File
            ? await views.FindReadableAsync(target.Repo, target.Revision, caller, context.RequestAborted)
            : await views.FindAsync(target.Repo, target.Revision, caller, context.RequestAborted);
        context.Response.Headers["X-Repo-Commit"] = view.Commit.Text;
        context.Response.Headers["X-Hfmc-Answer"] = view.Origin.ToString().ToLowerInvariant();
        await (target.Resource switch
        {
            HubResource.Info => context.Response.WriteAsJsonAsync(Info(view), HubMessageJson.Default.RepoInfoMessage),
            HubResource.Tree => context.Response.WriteAsJsonAsync(Tree(view, target.Path), HubMessageJson.Default.TreeMessageArray),
            _ => FileAsync(context, view, target.Path),
        });
    }

    bool HasBeenHere(HttpRequest request)
    {
        var via = request.Headers[HubClient.ViaHeader].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return via.Length >= MostHops || via.Contains(identity.Node.Text);
    }

    async Task FileAsync(HttpContext context, RepoView view, FilePath? path)
    {
        var file = path is { } named ? view.Find(named) : null;
        if (file is null || shelf.Locate(new Place(view.Repo, view.Commit, file)) is not { } bytes)
            throw ViewException.NoSuchEntry(view.Commit, file is null ? "Entry not found" : $"{path} is not in this cache");
        if (await xet.AnswersAsync(context, view, file))
            return;
        context.Response.Headers["X-Linked-ETag"] = $"\"{file.ETag}\"";
        context.Response.Headers["X-Linked-Size"] = $"{file.Size}";
        await BlobAnswer.WriteAsync(context, file.ETag, bytes, file.Size, Asker.LocalProgram, sender);
    }

    static RepoInfoMessage Info(RepoView view) => new(
        view.Repo.Id, view.Repo.Id, view.Commit.Text, Private: false, Gated: false, Disabled: false, [],
        [.. view.Snapshot.Files.Select(Sibling)]);

    static SiblingMessage Sibling(RepoFile file) => file.ETag.Kind is DigestKind.GitSha1
        ? new(file.Path.Text, file.Size, file.ETag.Text)
        : new(file.Path.Text, file.Size, LfsPointer.Id(file.Blob).Text, new(file.ETag.Text, file.Size, LfsPointer.Bytes(file.Blob).Length));

    TreeMessage[] Tree(RepoView view, FilePath? folder) => [.. view.Below(folder).Select(file => Entry(file, xet.HashOf(view, file)))];

    static TreeMessage Entry(RepoFile file, string? xetHash) => file.ETag.Kind is DigestKind.GitSha1
        ? new("file", file.ETag.Text, file.Size, file.Path.Text)
        : new("file", LfsPointer.Id(file.Blob).Text, file.Size, file.Path.Text, new(file.ETag.Text, file.Size, LfsPointer.Bytes(file.Blob).Length), xetHash);
}
