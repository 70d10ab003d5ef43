using Hfmc.Core.Store;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Tests.Transfers;

/// <summary>A source that does what the test says.</summary>
sealed class FakeSource(string name, Func<ByteRange, IRangeSink, CancellationToken, Task> read) : ISource
{
    public FakeSource(string name) : this(name, (_, _, _) => Task.CompletedTask)
    {
    }

    public string Name => name;

    public SourceKind Kind { get; init; } = SourceKind.Hub;

    public int Connections { get; init; } = 1;

    public int Reads { get; private set; }

    public int Forgotten { get; private set; }

    public async Task ReadAsync(ByteRange range, IRangeSink sink, CancellationToken cancellationToken)
    {
        Reads++;
        await read(range, sink, cancellationToken);
    }

    public void Forget() => Forgotten++;
}
