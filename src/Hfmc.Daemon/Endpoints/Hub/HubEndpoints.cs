using Hfmc.Core.Hashing;
using Hfmc.Core.Hub;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
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
sealed class HubEndpoints(DaemonIdentity identity, PublicShelf shelf, BlobSender sender)
{
    const int MostHops = 4, LoopDetected = 508;

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods("{**any}", [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)AnswerAsync);

    Task AnswerAsync(HttpContext context)
    {
        if (HasBeenHere(context.Request))
            return FailAsync(context, LoopDetected, "LoopDetected", "this daemon has been asked by way of itself");
        var raw = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (HubTarget.Parse(raw) is not { } target)
            return FailAsync(context, StatusCodes.Status404NotFound, "NotFound", "hfmc serves repo info, trees and files here");
        if (shelf.Find(target.Repo, target.Revision) is not { } record)
            return FailAsync(context, StatusCodes.Status404NotFound, "RepoNotFound",
                $"{target.Repo}@{target.Revision} is not in this cache: run 'hfmc model add -r {target.Repo}' there first");

        context.Response.Headers["X-Repo-Commit"] = record.Commit.Text;
        return target.Resource switch
        {
            HubResource.Info => context.Response.WriteAsJsonAsync(Info(record), HubMessageJson.Default.RepoInfoMessage),
            HubResource.Tree => context.Response.WriteAsJsonAsync(Tree(record, target.Path), HubMessageJson.Default.TreeMessageArray),
            _ => FileAsync(context, record, target.Path),
        };
    }

    bool HasBeenHere(HttpRequest request)
    {
        var via = request.Headers[HubClient.ViaHeader].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return via.Length >= MostHops || via.Contains(identity.Node.Text);
    }

    Task FileAsync(HttpContext context, RepoRecord record, FilePath? path)
    {
        var file = record.Files.FirstOrDefault(file => file.File.Path == path)?.File;
        if (file is null || shelf.Locate(new Place(record.Repo, record.Commit, file)) is not { } bytes)
            return FailAsync(context, StatusCodes.Status404NotFound, "EntryNotFound", file is null ? "Entry not found" : $"{path} is not in this cache");
        context.Response.Headers["X-Linked-ETag"] = $"\"{file.ETag}\"";
        context.Response.Headers["X-Linked-Size"] = $"{file.Size}";
        return BlobAnswer.WriteAsync(context, file.ETag, bytes, file.Size, Asker.LocalProgram, sender);
    }

    static RepoInfoMessage Info(RepoRecord record) => new(
        record.Repo.Id, record.Repo.Id, record.Commit.Text, Private: false, Gated: false, Disabled: false, [],
        [.. record.Files.Select(file => Sibling(file.File))]);

    static SiblingMessage Sibling(RepoFile file) => file.ETag.Kind is DigestKind.GitSha1
        ? new(file.Path.Text, file.Size, file.ETag.Text)
        : new(file.Path.Text, file.Size, LfsPointer.Id(file.Blob).Text, new(file.ETag.Text, file.Size, LfsPointer.Bytes(file.Blob).Length));

    static TreeMessage[] Tree(RepoRecord record, FilePath? folder) =>
        [.. record.Files.Select(file => file.File).Where(file => folder is null || file.Path.Text.StartsWith($"{folder}/", StringComparison.Ordinal)).Select(Entry)];

    static TreeMessage Entry(RepoFile file) => file.ETag.Kind is DigestKind.GitSha1
        ? new("file", file.ETag.Text, file.Size, file.Path.Text)
        : new("file", LfsPointer.Id(file.Blob).Text, file.Size, file.Path.Text, new(file.ETag.Text, file.Size, LfsPointer.Bytes(file.Blob).Length));

    static Task FailAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["X-Error-Code"] = code;
        context.Response.Headers["X-Error-Message"] = message;
        return context.Response.WriteAsJsonAsync(new HubErrorMessage(message), HubMessageJson.Default.HubErrorMessage);
    }
}
