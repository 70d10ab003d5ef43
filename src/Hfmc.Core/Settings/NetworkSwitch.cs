namespace Hfmc.Core.Settings;

/// <summary>The rules for networks as they hold now: a running daemon is told of a change.</summary>
public sealed class NetworkSwitch
{
    volatile NetworkRules _current = NetworkRules.Default;

    public NetworkRules Current { get => _current; set => _current = value; }
}
