namespace Hfmc.Output;

/// <summary>What <c>uninstall</c> removed; bytes as far as the files share no blocks with others.</summary>
sealed record UninstallJson(IReadOnlyList<RemovedJson> Removed, IReadOnlyList<StayingJson> Stays, long Bytes);

/// <summary>A model has no path of its own.</summary>
sealed record RemovedJson(string What, string? Path, long Bytes)
{
    /// <summary>The cache that it is in, the present one or a former one; null for what is in none.</summary>
    public string? Cache { get; init; }
}

sealed record StayingJson(string What, string Reason)
{
    /// <inheritdoc cref="RemovedJson.Cache"/>
    public string? Cache { get; init; }
}

/// <summary>The systemd unit, whether it is there, and whether systemd was told.</summary>
sealed record ServiceJson(string Unit, bool Installed, bool Enabled);
