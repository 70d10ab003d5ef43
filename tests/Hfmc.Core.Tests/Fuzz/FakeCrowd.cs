using System.Threading.Channels;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Core.Xet;

namespace Hfmc.Core.Tests.Fuzz;

/// <summary>A crowd that tells what the test writes.</summary>
sealed class FakeCrowd(Random random) : IBlobCrowd
{
    readonly Channel<CrowdNews> _news = Channel.CreateUnbounded<CrowdNews>();

    public ulong Self => 41;

    public ChannelReader<CrowdNews> News => _news.Reader;

    public void Tell(CrowdNews news) => _news.Writer.TryWrite(news);

    public Task<ChunkList?> ChunksOfAsync(ulong node, CancellationToken cancellationToken) => Task.FromResult(random.Next(2) is 0 ? PeerAnswers.Chunks : null);

    public Task<bool?> ComplainAsync(ulong node, ByteRange range, CancellationToken cancellationToken) =>
        Task.FromResult(random.Next(3) switch { 0 => true, 1 => false, _ => (bool?)null });
}
