using Hfmc.Core.Sources;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Planning;

/// <summary>Who can give one blob.</summary>
/// <param name="sources">In the order in which they are asked.</param>
/// <param name="context">Who else wants or has it; null when nobody is to hear of it.</param>
/// <param name="crowd">What ends with the transfer; null when it is somebody else's.</param>
sealed class BlobSupply(IReadOnlyList<ISource> sources, SwarmContext? context, Crowd? crowd = null) : IAsyncDisposable
{
    public IReadOnlyList<ISource> Sources => sources;

    public SwarmContext? Context => context;

    public ValueTask DisposeAsync() => crowd is null ? ValueTask.CompletedTask : crowd.DisposeAsync();
}
