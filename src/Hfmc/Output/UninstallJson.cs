namespace Hfmc.Output;

/// <summary>What <c>uninstall</c> removed; bytes as far as the files share no blocks with others.</summary>
sealed record UninstallJson(IReadOnlyList<RemovedJson> Removed, IReadOnlyList<StayingJson> Stays, long Bytes);

/// <summary>A model has no path of its own.</summary>
sealed record RemovedJson(string What, string? Path, long Bytes);

sealed record StayingJson(string What, string Reason);

/// <summary>The systemd unit, whether it is there, and whether systemd was told.</summary>
sealed record ServiceJson(string Unit, bool Installed, bool Enabled);
