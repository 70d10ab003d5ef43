using Hfmc.Core.Repos;

namespace Hfmc.Core.Peers;

/// <summary>A repo at a commit as a peer knows it: which of its files it has, and of which it is getting the bytes and how many are there.</summary>
public sealed record PeerListing(Snapshot Snapshot, IReadOnlySet<FilePath> Held, IReadOnlyDictionary<FilePath, long> Parts);
