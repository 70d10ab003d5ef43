using System.IO.Pipelines;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Peers;

/// <summary>The frames of a bundle, whole, cut anywhere, and wrong in all ways.</summary>
public sealed class BundleReaderTests
{
    static readonly PeerAddress Peer = new("127.0.0.1", 9090);

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Frames_are_read_as_they_were_written_however_they_are_cut() =>
        await Seeds.RunAsync(nameof(Frames_are_read_as_they_were_written_however_they_are_cut), 50, async random =>
        {
            var blobs = Blobs(random);
            var stream = blobs.SelectMany(blob => Enumerable.Repeat(BundleFrame.Beat, random.Next(3)).Concat(TestPeer.WriteFrame(blob.ETag, blob.Bytes))).ToArray();

            Assert.Equal(blobs.Select(blob => (blob.ETag, Convert.ToHexString(blob.Bytes))), await ReadAsync(stream, random));
        });

    [Fact(Timeout = 120_000)]
    public async Task What_is_no_bundle_is_an_error_of_the_source_and_nothing_else() =>
        await Seeds.RunAsync(nameof(What_is_no_bundle_is_an_error_of_the_source_and_nothing_else), 300, async random =>
        {
            var stream = random.Next(2) is 0 ? Noise(random, random.Next(2000)) : Mutated(random);
            try
            {
                Assert.True((await ReadAsync(stream, random)).Sum(frame => frame.Bytes.Length / 2) <= stream.Length);
            }
            catch (SourceException error)
            {
                Assert.True(error.Fault is SourceFault.Lied or SourceFault.Unreachable, $"{error.Fault}");
            }
        });

    [Theory(Timeout = 120_000)]
    [InlineData(1)]
    [InlineData(39)]
    [InlineData(41)]
    [InlineData(255)]
    public async Task A_name_of_another_length_is_refused(int length) =>
        Assert.Equal(SourceFault.Lied, (await Assert.ThrowsAsync<SourceException>(() => ReadAsync([(byte)length, .. new byte[300]], new(1)))).Fault);

    [Fact(Timeout = 120_000)]
    public async Task More_bytes_than_a_small_blob_has_are_refused_before_they_are_read()
    {
        var frame = TestPeer.WriteFrame(BytesContent.Of("x").Sha256, []);
        BitConverter.TryWriteBytes(frame.AsSpan(^4), PeerProtocol.LargestBundled + 1);

        Assert.Equal(SourceFault.Lied, (await Assert.ThrowsAsync<SourceException>(() => ReadAsync(frame, new(1)))).Fault);
    }

    [Fact(Timeout = 120_000)]
    public async Task Silence_ends_it()
    {
        var time = new ManualTime();
        var pipe = new Pipe();
        await using var reader = new BundleReader(pipe.Reader.AsStream(), Peer, time, null, Cancelled);
        var next = reader.NextAsync().AsTask();

        time.Advance(PeerProtocol.BundleSilence + PeerProtocol.Grace);

        Assert.Equal(SourceFault.Stalled, (await Assert.ThrowsAsync<SourceException>(() => next)).Fault);
    }

    [Fact(Timeout = 120_000)]
    public async Task Words_that_more_is_on_its_way_are_believed_for_a_while_and_not_for_ever()
    {
        var time = new ManualTime();
        var pipe = new Pipe();
        await using var reader = new BundleReader(pipe.Reader.AsStream(), Peer, time, null, Cancelled);
        var next = reader.NextAsync().AsTask();
        var begun = time.GetTimestamp();

        while (!next.IsCompleted && time.GetElapsedTime(begun) < 2 * PeerProtocol.BundlePatience)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await pipe.Writer.WriteAsync(new[] { BundleFrame.Beat }, Cancelled);
        }

        Assert.Equal(SourceFault.Stalled, (await Assert.ThrowsAsync<SourceException>(() => next)).Fault);
        Assert.True(time.GetElapsedTime(begun) > PeerProtocol.BundleSilence);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_blob_that_drips_is_given_up()
    {
        var (time, pipe, blob) = (new ManualTime(), new Pipe(), BytesContent.Of(new string('x', 1000)));
        await using var reader = new BundleReader(pipe.Reader.AsStream(), Peer, time, null, Cancelled);
        await pipe.Writer.WriteAsync(TestPeer.WriteFrame(blob.Sha256, []).AsMemory()[..^4], Cancelled);
        await pipe.Writer.WriteAsync(BitConverter.GetBytes((int)blob.Size), Cancelled);
        var copying = reader.CopyAsync((await reader.NextAsync())!.Value.Length, null).AsTask();
        var begun = time.GetTimestamp();

        while (!copying.IsCompleted && time.GetElapsedTime(begun) < 2 * PeerProtocol.BundlePatience)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await pipe.Writer.WriteAsync("x"u8.ToArray(), Cancelled);
        }

        Assert.Equal(SourceFault.Stalled, (await Assert.ThrowsAsync<SourceException>(() => copying)).Fault);
    }

    static List<(ETag ETag, byte[] Bytes)> Blobs(Random random)
    {
        var blobs = new List<(ETag, byte[])>();
        for (var left = random.Next(1, 12); left > 0; left--)
        {
            var bytes = Noise(random, random.Next(3) is 0 ? random.Next(200_000) : random.Next(300));
            blobs.Add((random.Next(2) is 0 ? new BytesContent(bytes).Sha256 : new BytesContent(bytes).GitSha1, bytes));
        }
        return blobs;
    }

    static byte[] Mutated(Random random)
    {
        var stream = Blobs(random).SelectMany(blob => TestPeer.WriteFrame(blob.ETag, blob.Bytes)).ToList();
        for (var changes = random.Next(1, 6); changes > 0 && stream.Count > 0; changes--)
            switch (random.Next(3))
            {
                case 0: stream[random.Next(Math.Min(stream.Count, 400))] = (byte)random.Next(256); break;
                case 1: stream.RemoveRange(random.Next(stream.Count), 1); break;
                default: stream.RemoveRange(random.Next(stream.Count), 0); stream = stream[..random.Next(stream.Count + 1)]; break;
            }
        return [.. stream];
    }

    static byte[] Noise(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    static async Task<List<(ETag ETag, string Bytes)>> ReadAsync(byte[] stream, Random random)
    {
        var frames = new List<(ETag, string)>();
        await using var reader = new BundleReader(new Drops(stream, random), Peer, TimeProvider.System, null, Cancelled);
        while (await reader.NextAsync() is { } frame)
        {
            var sink = new Gathered(frame.Length);
            await reader.CopyAsync(frame.Length, sink);
            frames.Add((frame.ETag, Convert.ToHexString(sink.Bytes)));
        }
        return frames;
    }

    sealed class Gathered(int length) : IRangeSink
    {
        public byte[] Bytes { get; } = new byte[length];

        public bool Write(long offset, ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(Bytes.AsSpan((int)offset));
            return true;
        }
    }

    /// <summary>A stream that gives a few bytes at a time.</summary>
    sealed class Drops(byte[] bytes, Random random) : MemoryStream(bytes)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, random.Next(4) is 0 ? random.Next(1, 90) : random.Next(1, 30_000))]);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
    }
}
