using System.Net;
using System.Net.Http.Json;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Transfers;
using Hfmc.Daemon.Serving;
using Hfmc.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace Hfmc.Daemon.Tests.Serving;

/// <summary>Bundles as a daemon sends them, and one by itself.</summary>
public sealed class BundleAnswerTests : DaemonTest
{
    const string Repo = "acme/tiny";

    static readonly BytesContent[] Small = [BytesContent.Of("one"), new(new byte[100_000]), BytesContent.Of("three")];
    static readonly BytesContent Secret = BytesContent.Of("secret"), Absent = BytesContent.Of("absent"), Big = new(new byte[PeerProtocol.LargestBundled + 1]);

    readonly TransferBoard _board = new();
    readonly SmallBook _book = new();
    readonly ManualTime _time = new();

    [Fact(Timeout = 120_000)]
    public async Task What_is_here_and_public_comes_in_one_answer_and_the_rest_is_left_out()
    {
        PutAll();

        using var answer = await AskAsync([.. Small.Append(Secret).Append(Absent).Append(Big).Select(content => content.Sha256.Text)]);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("yes", answer.Headers.GetValues("X-Hfmc-Proven").Single());
        Assert.Equal(Frames(Small), await answer.Content.ReadAsByteArrayAsync(Cancelled));
    }

    [Fact(Timeout = 120_000)]
    public async Task Questions_are_bounded_and_name_blobs()
    {
        PutAll();
        string[] most = [.. Enumerable.Range(0, PeerProtocol.MostBlobs).Select(number => BytesContent.Of($"{number}").Sha256.Text)];

        Assert.Equal(HttpStatusCode.OK, (await AskAsync(most)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync([.. most, Small[0].Sha256.Text])).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync(["../../etc/passwd"])).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await Daemon.Http.PostAsync(new Uri("/peer/v1/bundle", UriKind.Relative), new StringContent("[]"), Cancelled)).StatusCode);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_greeting_says_that_bundles_are_sent() =>
        Assert.Contains(PeerProtocol.BundleFeature, await Daemon.Http.GetStringAsync(new Uri("/peer/v1/hello", UriKind.Relative), Cancelled));

    [Fact(Timeout = 120_000)]
    public async Task A_blob_under_way_is_sent_when_it_has_come()
    {
        PutAll();
        using var add = _book.Enter([Small[0].Sha256, Small[2].Sha256], sharesWork: true);
        var answer = new Answer();
        var sending = SendAsync(answer, Small, TimeProvider.System);
        await answer.UntilAsync(Frames([Small[1]]).Length);
        Assert.False(sending.IsCompleted);

        add.Came(Small[2].Sha256);
        await answer.UntilAsync(Frames([Small[1], Small[2]]).Length);
        add.Came(Small[0].Sha256);

        await sending;
        Assert.Equal(Frames([Small[1], Small[2], Small[0]]), answer.Bytes);
    }

    [Fact(Timeout = 120_000)]
    public async Task It_ends_when_nothing_comes_for_a_while()
    {
        PutAll();
        using var add = _book.Enter([Absent.Sha256], sharesWork: true);
        var answer = new Answer();
        var sending = SendAsync(answer, [Small[0], Absent], _time);

        while (!sending.IsCompleted)
        {
            await Task.WhenAny(_time.WaitForTimersAsync(1, Cancelled), sending);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(_time.GetElapsedTime(0), PeerProtocol.BundleSilence, PeerProtocol.BundleSilence + TimeSpan.FromSeconds(3));
        Assert.Equal(Frames([Small[0]]), answer.Bytes);
    }

    [Fact(Timeout = 120_000)]
    public async Task It_ends_at_once_when_the_add_does_that_would_have_brought_the_rest()
    {
        PutAll();
        var add = _book.Enter([Absent.Sha256], sharesWork: true);
        var answer = new Answer();
        var sending = SendAsync(answer, [Small[0], Absent], TimeProvider.System);
        await answer.UntilAsync(Frames([Small[0]]).Length);

        add.Dispose();

        await sending.WaitAsync(PeerProtocol.BundleSilence / 2, Cancelled);
    }

    [Fact(Timeout = 120_000)]
    public async Task So_many_bundles_are_open_at_one_time_and_no_more()
    {
        PutAll();
        var add = _book.Enter([Absent.Sha256], sharesWork: true);
        var bundles = Bundles(_time);
        var open = Enumerable.Range(0, 128).Select(_ => bundles.WriteAsync(new Answer().Context, [Absent.Sha256])).ToArray();
        Assert.DoesNotContain(open, bundle => bundle.IsCompleted);

        var refused = new Answer();
        await bundles.WriteAsync(refused.Context, [Absent.Sha256]);
        Assert.Equal((503, "1"), (refused.Context.Response.StatusCode, refused.Context.Response.Headers.RetryAfter.ToString()));

        add.Dispose();
        while (!Task.WhenAll(open).IsCompleted)
        {
            await Task.WhenAny(_time.WaitForTimersAsync(1, Cancelled), Task.WhenAll(open));
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        var next = new Answer();
        await bundles.WriteAsync(next.Context, [Small[0].Sha256]);
        Assert.Equal(200, next.Context.Response.StatusCode);
    }

    void PutAll()
    {
        Daemon.Put(Repo, isPublic: true, [.. Small.Append(Big).Select(content => ($"{content.Sha256}", (FileContent)content))]);
        Daemon.Put("acme/secret", isPublic: false, ("secret", Secret));
    }

    Task<HttpResponseMessage> AskAsync(string[] etags) =>
        Daemon.Http.PostAsJsonAsync(new Uri("/peer/v1/bundle", UriKind.Relative), new { etags }, Cancelled);

    Task SendAsync(Answer answer, IEnumerable<FileContent> contents, TimeProvider time) =>
        Task.Run(() => Bundles(time).WriteAsync(answer.Context, contents.Select(content => content.Sha256)), Cancelled);

    BundleAnswer Bundles(TimeProvider time) => new(_book, new PublicShelf(Daemon.Cache), _board, new(new(TimeProvider.System), Daemon.Cache.Root), time);

    static byte[] Frames(IEnumerable<FileContent> contents) => [.. contents.SelectMany(content => TestPeer.WriteFrame(content.Sha256, content.ToArray()))];

    /// <summary>An answer that is kept in memory.</summary>
    sealed class Answer : Stream
    {
        readonly Lock _lock = new();
        readonly MemoryStream _bytes = new();
        readonly Pulse _written = new();

        public Answer()
        {
            Context = new DefaultHttpContext();
            Context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(this));
        }

        public HttpContext Context { get; }

        public byte[] Bytes
        {
            get
            {
                lock (_lock)
                    return _bytes.ToArray();
            }
        }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => Bytes.Length;

        public override long Position { get => Length; set => throw new NotSupportedException(); }

        public async Task UntilAsync(int length)
        {
            for (var written = _written.Next; Bytes.Length < length; written = _written.Next)
                if (Bytes.Length < length)
                    await written.WaitAsync(Cancelled);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            lock (_lock)
                _bytes.Write(buffer);
            _written.Beat();
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override void Flush()
        {
            // Written at once.
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
