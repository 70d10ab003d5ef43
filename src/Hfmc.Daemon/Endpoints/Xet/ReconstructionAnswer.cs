using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Xet;
using Hfmc.Daemon.Serving;
using Hfmc.Daemon.Serving.Xet;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Hfmc.Daemon.Endpoints.Xet;

/// <summary>Tells how a file is put together, in the words of either version of the CAS, with links that this daemon signs.</summary>
sealed class ReconstructionAnswer(XetShapes shapes, XorbLinks links)
{
    // hf_xet asks for a file in blocks, the first of 256 MiB; whoever looks at something at the beginning asks for less than this.
    const long FromBeginning = 64 << 20;

    /// <summary>Of the range that is asked for: 200, 400 or 416.</summary>
    public Task WriteAsync(HttpContext context, XetGrant grant, RepoFile file, bool isSecondVersion)
    {
        var (status, range) = RangeOf(context.Request, file.Size);
        context.Response.StatusCode = status;
        if (status is StatusCodes.Status416RangeNotSatisfiable)
            context.Response.Headers.ContentRange = $"bytes */{file.Size}";
        if (status is not StatusCodes.Status200OK)
            return Task.CompletedTask;
        if (range.Start is 0 && range.Length >= Math.Min(file.Size, FromBeginning))
            grant.BeginsToRead(file.ETag);
        var (told, isEven) = Tell(file.Blob, range);
        var signer = new Signer(context.Request, links, grant, file.Blob, isEven);
        return isSecondVersion
            ? context.Response.WriteAsJsonAsync(
                new(told.Offset, Terms(told), told.Fetches.ToDictionary(NameOf, fetch => (FetchMessageV2[])[signer.Sign(fetch)])), XetMessageJson.Default.ReconstructionMessageV2)
            : context.Response.WriteAsJsonAsync(new(told.Offset, Terms(told), told.Fetches.ToDictionary(NameOf, signer.SignEach)), XetMessageJson.Default.ReconstructionMessageV1);
    }

    /// <summary>Of several whole files.</summary>
    public Task WriteAsync(HttpContext context, XetGrant grant, IReadOnlyDictionary<XetHash, RepoFile> files)
    {
        var (terms, fetches) = (new Dictionary<string, TermMessage[]>(), new Dictionary<string, FetchMessageV1[]>());
        foreach (var (id, file) in files)
        {
            grant.BeginsToRead(file.ETag);
            var (told, isEven) = Tell(file.Blob, ByteRange.Whole(file.Size));
            var signer = new Signer(context.Request, links, grant, file.Blob, isEven);
            terms[id.ToString()] = Terms(told);
            foreach (var fetch in told.Fetches)
                fetches[NameOf(fetch)] = signer.SignEach(fetch);
        }
        return context.Response.WriteAsJsonAsync(new(terms, fetches), XetMessageJson.Default.ReconstructionsMessage);
    }

    (Reconstruction Told, bool IsEven) Tell(Blob blob, ByteRange range)
    {
        if (range.IsEmpty)
            return (Reconstruction.OfNothing, false);
        // Where a chunk list has gone this moment, nothing is known of the chunks.
        return As(shapes.Of(blob)) ?? As(shapes.EvenOf(blob)) ?? throw new InvalidOperationException("a file that is cut evenly cannot be told");

        (Reconstruction, bool)? As(XorbMap map) =>
            Reconstruction.Of(map, range.Start, range.End, run => shapes.Open(blob, run, map.IsEven)) is { } told ? (told, map.IsEven) : null;
    }

    // The CAS does not take a malformed range for none.
    static (int Status, ByteRange Range) RangeOf(HttpRequest request, long size)
    {
        var header = request.Headers.Range.ToString();
        if (header.Length > 0 && !(RangeHeaderValue.TryParse(header, out var parsed) && parsed is { Unit.Value: "bytes", Ranges.Count: 1 }))
            return (StatusCodes.Status400BadRequest, default);
        return RequestedRange.TryRead(request, size, out var range)
            ? (StatusCodes.Status200OK, range ?? ByteRange.Whole(size))
            : (StatusCodes.Status416RangeNotSatisfiable, default);
    }

    static TermMessage[] Terms(Reconstruction told) =>
        [.. told.Terms.Select(term => new TermMessage(term.Xorb.ToString(), term.Length, new(term.First, term.End)))];

    static string NameOf(XorbFetch fetch) => fetch.Run.Name.ToString();

    sealed class Signer(HttpRequest request, XorbLinks links, XetGrant grant, Blob blob, bool isEven)
    {
        readonly string _host = XetAddress.Of(request);

        public FetchMessageV2 Sign(XorbFetch fetch) => new(
            Link(fetch.Run, fetch.Pieces), [.. fetch.Pieces.Select(piece => new PieceMessage(new(piece.First, piece.End), new(piece.Start, piece.Stop - 1)))]);

        public FetchMessageV1[] SignEach(XorbFetch fetch) =>
            [.. fetch.Pieces.Select(piece => new FetchMessageV1(new(piece.First, piece.End), Link(fetch.Run, [piece]), new(piece.Start, piece.Stop - 1)))];

        string Link(XorbRun run, IReadOnlyList<XorbPiece> pieces) =>
            $"{_host}{links.Sign(new(grant.Number, blob, run, isEven, [.. pieces.Select(piece => new ByteRange(piece.Start, piece.Stop))]))}";
    }
}
