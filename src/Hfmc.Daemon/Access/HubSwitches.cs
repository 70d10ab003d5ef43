using Hfmc.Core.Settings;

namespace Hfmc.Daemon.Access;

/// <summary>The settings of the Hub's API as they hold now: a running daemon is told of a change.</summary>
sealed class HubSwitches(HubSettings settings)
{
    volatile HubSettings _current = settings;

    public HubSettings Current { get => _current; set => _current = value; }
}
