using Hfmc.Core.Transfers;

namespace Hfmc.Core.Peers;

/// <summary>What one peer answered: a value, or why there is none.</summary>
public sealed record PeerAnswer<T>(PeerAddress Peer, T? Value, SourceException? Error);

/// <summary>Asks many peers together: the slowest decides how long it takes, not the sum.</summary>
public static class PeerPoll
{
    public const int AtOnce = 64;

    public static async Task<IReadOnlyList<PeerAnswer<T>>> AskAllAsync<T>(
        IReadOnlyList<PeerAddress> peers, Func<PeerAddress, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        var answers = new PeerAnswer<T>[peers.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, peers.Count, options, async (i, token) =>
        {
            try
            {
                answers[i] = new(peers[i], await ask(peers[i], token), null);
            }
            catch (SourceException error)
            {
                answers[i] = new(peers[i], default, error);
            }
        });
        return answers;
    }
}
