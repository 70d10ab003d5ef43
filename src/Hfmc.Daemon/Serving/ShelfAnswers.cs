using Hfmc.Core.Peers;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Daemon.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Hfmc.Daemon.Serving;

/// <summary>Tells peers what this node may show them: which repos at which commits, and what of their files is here.</summary>
sealed class ShelfAnswers(Shelf shelf, TransferBoard board, RefsUnderWay underWay)
{
    public Results<JsonHttpResult<PeerSnapshot>, NotFound> Snapshot(string? repo, string? revision)
    {
        if (!RepoId.TryParse(repo, RepoType.Model, out var id) || !Revision.TryParse(revision, out var named)
            || (shelf.Find(id, named) ?? (underWay.Find(id, named) is { } commit ? shelf.Find(id, Revision.Parse(commit.Text)) : null)) is not { } record
            || record.Files.Count > PeerProtocol.MostFiles)
            return TypedResults.NotFound();
        var told = new PeerSnapshot(id.ApiPath, record.Commit.Text, [.. record.Files.Select(file => Describe(record, file.File))]) { Partial = record.IsPartial ? true : null };
        return TypedResults.Json(told, PeerJson.Default.PeerSnapshot);
    }

    public async Task<Results<JsonHttpResult<PeerBlobAnswer>, BadRequest>> HoldsAsync(HttpContext context)
    {
        if (await BoundedQuestion.ReadAsync(context, PeerJson.Default.PeerBlobQuestion, PeerProtocol.LargestQuestion) is not { Etags: { } etags }
            || etags.Length > PeerProtocol.MostBlobs)
            return TypedResults.BadRequest();
        var asked = new List<ETag>(etags.Length);
        foreach (var text in etags)
            if (ETag.TryParse(text, out var etag))
                asked.Add(etag);
        var held = shelf.Locate(asked).Select(found => new PeerBlob(found.ETag.Text, found.Size, Complete: true));
        return TypedResults.Json(new PeerBlobAnswer([.. held]), PeerJson.Default.PeerBlobAnswer);
    }

    PeerFile Describe(RepoRecord record, RepoFile file)
    {
        var isHeld = shelf.Locate(new Place(record.Repo, record.Commit, file)) is not null;
        return new(file.Path.Text, file.ETag.Text, file.Size, file.XetId, isHeld) { Part = !isHeld && board.HeldOf(file.ETag) is > 0 and var part ? part : null };
    }
}
