using Xunit;

namespace Hfmc.Daemon.Tests;

/// <summary>A test with a daemon of its own.</summary>
public abstract class DaemonTest : IAsyncLifetime
{
    private protected DaemonRig Daemon { get; private set; } = null!;

    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => Daemon = await DaemonRig.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
