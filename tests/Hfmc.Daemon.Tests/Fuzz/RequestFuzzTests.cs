using System.Text;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Xet;
using Hfmc.Daemon.Endpoints.Hub;
using Hfmc.Daemon.Endpoints.Xet;
using Hfmc.Daemon.Serving;
using Hfmc.Daemon.Serving.Xet;
using Hfmc.Testing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Hfmc.Daemon.Tests.Fuzz;

/// <summary>Ranges, targets and links as they come in requests: read as they are meant, or refused; nothing else.</summary>
public sealed class RequestFuzzTests
{
    const string Digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Commit = "0123456789abcdef0123456789abcdef01234567";

    [Fact]
    public void A_range_is_of_the_file_or_none() => Text("range", ["bytes=0-0", "bytes=5-", "bytes=-5", "bytes=0-9223372036854775807", "bytes=1-2,4-5", "bytes=99999999999999999999-"], text =>
    {
        foreach (var size in (long[])[0, 1, 1000, long.MaxValue])
        {
            if (RequestedRange.TryRead(Request(text), size, out var range) && range is { } read)
                Assert.True(read.Start >= 0 && read.Start < read.End && read.End <= size, $"{read} of {size}");
            if (AskedBytes.TryRead(Request(text), size, "\"x\"", isDoubted: false, out var asked))
                Assert.True(asked.Range.Start >= 0 && asked.Range.End <= size, $"{asked.Range} of {size}");
        }
    });

    [Fact]
    public void Ranges_of_a_xorb_ascend_and_are_allowed_or_refused() => Text("xorb ranges", ["bytes=0-99", "bytes=0-9,20-29,90-99", "bytes=-10", "bytes=50-"], text =>
    {
        var link = new XorbLink(1, new(ETag.TryParse(Digest, out var etag) ? etag : default, 1000), new(default, 0, 1, 0, 90), IsEven: false, [new(0, 50), new(60, 98)]);
        var (status, ranges) = XorbRanges.Read(Request(text), link);
        Assert.Contains(status, (int[])[200, 206, 400, 403, 416]);
        Assert.All(ranges, range => Assert.Contains(link.Ranges, allowed => allowed.Start <= range.Start && range.End <= allowed.End));
        Assert.All(ranges.Zip(ranges.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start));
    });

    [Fact]
    public void A_target_names_something_safe_or_nothing() => Text("hub target",
        [$"/acme/tiny/resolve/main/onnx/model.onnx", $"/datasets/acme/tiny/raw/{Commit}/a.txt", "/api/models/acme/tiny/revision/refs%2Fpr%2F1", "/api/models/acme/tiny/tree/main/a/b?recursive=true", "/api/models?search=x", "/api/models/tiny/xet-read-token/main", "/a/resolve/x/%2e%2e/%00"], text =>
    {
        if (!text.StartsWith('/'))
            return;
        if (HubTarget.Parse(text) is { Path: { } path })
            Assert.StartsWith("/folder/", Path.GetFullPath(path.Below("/folder")));
        _ = XetTokenTarget.Parse(text);
    });

    [Fact]
    public void A_link_to_bytes_of_a_xorb_is_within_bounds_or_none() => Text("xorb link",
        [$"/xorb/default/{Digest}?of=7.{Digest}.1000.own.0.3.0.900.0-99_200-300.1900000000", $"/xorb/default/{Digest}?of=1.{Commit}.9223372036854775807.even.0.8192.5.67108864.0-0.0"], text =>
    {
        if (XorbLink.Read(text) is not var (link, _))
            return;
        Assert.True(link.Run.Start >= 0 && link.Run.Length > 0 && link.Run.Start <= link.Blob.Size - link.Run.Length);
        Assert.All(link.Ranges, range => Assert.True(range.Start >= 0 && range.Start < range.End && range.End <= link.Run.PackedLength));
    });

    [Fact]
    public void No_link_but_an_unchanged_one_of_this_daemon_is_good()
    {
        var links = new XorbLinks(TimeProvider.System);
        var link = new XorbLink(1, new(ETag.TryParse(Digest, out var etag) ? etag : default, 1000), new(XetHash.TryParse(Digest, out var name) ? name : default, 0, 1, 0, 90), IsEven: false, [new(0, 50)]);
        var signed = links.Sign(link);
        Assert.NotNull(links.Read(signed));

        FuzzRun.Run("signed link", [Encoding.ASCII.GetBytes(signed)], Mutation.Of, bytes =>
        {
            var text = Encoding.Latin1.GetString(bytes);
            Assert.True(text == signed || links.Read(text) is null, text);
        });
    }

    static void Text(string name, string[] corpus, Action<string> parse) =>
        FuzzRun.Run(name, [.. corpus.Select(Encoding.Latin1.GetBytes)], Mutation.Of, bytes => parse(Encoding.Latin1.GetString(bytes)));

    static HttpRequest Request(string range) => new DefaultHttpContext { Request = { Headers = { Range = range } } }.Request;
}
