using System.IO.Compression;
using System.Net.Http.Headers;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Hub;

/// <summary>
/// Unpacks the answers of upstreams that pack them (<c>Content-Encoding</c>) although <c>identity</c> was asked for, while they come. Who
/// reads sets the limit: nothing is gathered here. Answers of peers are never unpacked.
/// </summary>
static class ContentCoding
{
    const string Gzip = "gzip", Deflate = "deflate", Brotli = "br";

    // One packing is a proxy's zeal; two of them happen where two proxies stand in a row.
    const int MostCodings = 2;

    /// <summary>The body is packed: its Content-Length, if any, is not the length of what it holds.</summary>
    public static bool IsPacked(HttpResponseMessage response) => CodingsOf(response.Content.Headers).Any();

    /// <summary>Lets the answer's body be read unpacked; its Content-Length is then unknown.</summary>
    /// <exception cref="SourceException">Packed in a way that cannot be undone here.</exception>
    public static void Unpack(HttpResponseMessage response, string source)
    {
        var codings = CodingsOf(response.Content.Headers).ToList();
        if (codings.Count is 0)
            return;
        if (codings.Count > MostCodings || codings.Find(coding => coding is not (Gzip or Deflate or Brotli)) is not null)
            throw new SourceException(SourceFault.Lied, $"{source} packs its answer as {Printable(codings)}, which hfmc does not unpack");
        codings.Reverse();
        response.Content = new UnpackedContent(response.Content, codings, source);
    }

    // What is no packing at all, but is said by some storage hosts.
    static IEnumerable<string> CodingsOf(HttpContentHeaders headers) =>
        headers.ContentEncoding.SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Select(text => text.ToLowerInvariant()).Where(text => text is not ("identity" or "none" or "aws-chunked" or "utf-8" or "binary"))
            .Select(text => text is "x-gzip" ? Gzip : text);

    static Stream Open(string coding, Stream packed) => coding switch
    {
        Gzip => new GZipStream(packed, CompressionMode.Decompress),
        Brotli => new BrotliStream(packed, CompressionMode.Decompress),
        _ => new InflatedStream(packed),
    };

    static string Printable(IEnumerable<string> codings) =>
        string.Concat(string.Join(", ", codings).Take(40).Select(c => char.IsControl(c) ? '?' : c));

    sealed class UnpackedContent : HttpContent
    {
        readonly HttpContent _packed;
        readonly IReadOnlyList<string> _codings;
        readonly string _source;

        public UnpackedContent(HttpContent packed, IReadOnlyList<string> codings, string source)
        {
            (_packed, _codings, _source) = (packed, codings, source);
            foreach (var header in packed.Headers.Where(header => header.Key is not ("Content-Encoding" or "Content-Length")))
                Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        protected override async Task<Stream> CreateContentReadStreamAsync() => Unpacked(await _packed.ReadAsStreamAsync());

        protected override async Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) =>
            Unpacked(await _packed.ReadAsStreamAsync(cancellationToken));

        protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
        {
            await using var unpacked = await CreateContentReadStreamAsync();
            await unpacked.CopyToAsync(stream);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _packed.Dispose();
            base.Dispose(disposing);
        }

        CheckedStream Unpacked(Stream packed) => new(_codings.Aggregate(packed, (stream, coding) => Open(coding, stream)), _source);
    }
}
