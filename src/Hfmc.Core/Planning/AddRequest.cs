using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Planning;

/// <summary>Which sources a request may use.</summary>
public enum AllowedSources
{
    Any,
    Peers,
    Upstream,
}

/// <summary>What <c>model add</c> was asked for. Empty lists mean: everything.</summary>
public sealed record AddRequest(RepoId Repo, Revision Revision)
{
    public IReadOnlyList<FilePath> Files { get; init; } = [];

    public IReadOnlyList<string> Include { get; init; } = [];

    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Fetch again what is here already.</summary>
    public bool Force { get; init; }

    /// <summary>Only plan.</summary>
    public bool DryRun { get; init; }

    public AllowedSources From { get; init; }

    public TimeSpan Patience { get; init; } = TransferLimits.DefaultPatience;
}
