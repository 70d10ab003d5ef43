using System.Collections.Concurrent;
using Hfmc.Core.Repos;
using Hfmc.Core.Sources;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Planning;

/// <summary>How far an add is, written by its run and read by whoever shows it, at their own pace.</summary>
public sealed class AddProgress
{
    // More lines than that help nobody, and a view is sent several times a second.
    const int MostShown = 16;

    readonly ConcurrentDictionary<ETag, (RepoFile File, BlobProgress Blob)> _blobs = new();
    readonly ConcurrentQueue<string> _warnings = new();
    int _peers;

    /// <summary>Null until the files are known.</summary>
    public AddPlan? Plan { get; private set; }

    /// <summary>The peers that answered, or the members of the crowd where there is one.</summary>
    public int Peers { get => Math.Max(_peers, Crowd?.Count ?? 0); internal set => _peers = value; }

    /// <summary>The peers that bytes came from.</summary>
    public int Givers => _blobs.Values.SelectMany(entry => entry.Blob.Givers).Distinct().Count();

    /// <summary>Why nothing happens for now: what failed, when it is tried again, when it is given up. Null while something does.</summary>
    public string? Waits { get; internal set; }

    internal Crowd? Crowd { get; set; }

    /// <summary>The blobs that are or were under way.</summary>
    public IReadOnlyList<(RepoFile File, BlobProgress Blob)> Blobs => [.. _blobs.Values.OrderBy(entry => entry.File.Path)];

    public IReadOnlyCollection<string> Warnings => _warnings;

    public int Retries => _blobs.Values.Sum(entry => entry.Blob.Retries);

    /// <summary>Bytes of the wanted files by where they came from; <see cref="SourceKind.Disk"/> is what was here before.</summary>
    public long From(SourceKind kind) =>
        _blobs.Values.Sum(entry => entry.Blob.From(kind)) + (kind is SourceKind.Disk && Plan is { } plan ? plan.Bytes - plan.BytesMissing : 0);

    /// <summary>This moment, with the files that are neither complete nor untouched.</summary>
    public AddView View()
    {
        var sources = AddBytes.Of(From);
        return new()
        {
            Planned = Plan is not null,
            Files = Plan?.Wanted.Count ?? 0,
            Bytes = Plan?.Bytes ?? 0,
            Held = sources.Disk + sources.Peer + sources.Mirror + sources.Hub,
            Peers = Peers,
            Givers = Givers,
            Retries = Retries,
            Sources = sources,
            Running = [.. _blobs.Values.Where(entry => entry.Blob.Held < entry.File.Size).OrderBy(entry => entry.File.Path).Take(MostShown)
                .Select(entry => new FileView(entry.File.Path.Text, entry.File.Size, entry.Blob.Held, entry.Blob.Source))],
            Warnings = [.. _warnings],
            Waits = Waits,
        };
    }

    public void Warn(string sentence) => _warnings.Enqueue(sentence);

    internal void Planned(AddPlan plan) => Plan = plan;

    internal void Joined(RepoFile file, BlobProgress blob) => _blobs[file.ETag] = (file, blob);
}
