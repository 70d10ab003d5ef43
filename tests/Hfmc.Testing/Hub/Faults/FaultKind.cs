namespace Hfmc.Testing;

/// <summary>What can go wrong. <c>n</c> is <see cref="Fault.Bytes"/>.</summary>
public enum FaultKind
{
    /// <summary>The connection ends in order (FIN) after n bytes of the body.</summary>
    CloseAfter,

    /// <summary>The connection is reset after n bytes of the body.</summary>
    ResetAfter,

    /// <summary>Silence after n bytes of the body, until released, or the client or the hub goes away.</summary>
    HangAfter,

    /// <summary>A complete response, n bytes shorter than the file.</summary>
    TooFewBytes,

    /// <summary>A complete response, n bytes longer than the file.</summary>
    TooManyBytes,

    /// <summary>The byte at offset n of the file arrives with one bit turned.</summary>
    FlippedBit,

    /// <summary>n bytes per second, each answer for itself.</summary>
    Slow,

    /// <summary>200 with the whole file whatever Range said.</summary>
    IgnoreRange,

    /// <summary>206 whose Content-Range starts n bytes late; the body is right.</summary>
    WrongContentRange,

    /// <summary>206 with the right bytes and no Content-Range.</summary>
    NoContentRange,

    /// <summary>206 with <see cref="Fault.Header"/> as its Content-Range; <c>{first}</c>, <c>{last}</c> and <c>{size}</c> in it are filled in.</summary>
    OddContentRange,

    /// <summary>206 with the first n bytes of the range, and a Content-Range that says so.</summary>
    ShortRange,

    /// <summary>206 whose Content-Range is as asked and whose body is n bytes shorter, in order and without a length.</summary>
    ShortRangeBody,

    /// <summary>416 whatever the range.</summary>
    RangeNotSatisfiable,

    /// <summary>206 with the part inside multipart/byteranges.</summary>
    MultipartRange,

    /// <summary>200 with the bytes of the range only.</summary>
    RangeAsWhole,

    /// <summary>Packed as <see cref="Fault.Header"/> says (gzip, x-gzip, br, deflate, raw-deflate, or several with a comma), whatever was accepted; the ETag becomes weak.</summary>
    Packed,

    /// <summary>Says Content-Encoding: <see cref="Fault.Header"/> and sends the bytes as they are.</summary>
    SaysPacked,

    /// <summary>The ETag ends with -gzip, as Apache has it for what it packs.</summary>
    SuffixedETag,

    /// <summary>Chunked, without Content-Length.</summary>
    NoContentLength,

    /// <summary>Another digest in ETag and X-Linked-ETag.</summary>
    WrongETag,

    /// <summary>Without <see cref="Fault.Header"/>.</summary>
    MissingHeader,

    /// <summary>200 with a page of HTML, as hotel networks give.</summary>
    HtmlPage,

    /// <summary>429 with Retry-After and RateLimit.</summary>
    TooManyRequests,

    /// <summary>503.</summary>
    Unavailable,

    /// <summary>403, as for a signed link whose time is over.</summary>
    ExpiredLink,

    /// <summary>302 to the address itself.</summary>
    RedirectLoop,

    /// <summary>302 to <see cref="Fault.Location"/>.</summary>
    RedirectElsewhere,

    /// <summary>Nothing for <see cref="Fault.Delay"/>, then the answer.</summary>
    Latency,
}
