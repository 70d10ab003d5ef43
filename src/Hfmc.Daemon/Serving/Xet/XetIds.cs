using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Store;
using Hfmc.Core.Xet;

namespace Hfmc.Daemon.Serving.Xet;

/// <summary>
/// Which Xet id a file has for the clients of this daemon. What is told to them is told as little as possible, because a client that is
/// told an id reads the file as Xet or not at all; whoever knows an id already, from the Hub itself, is served by it too.
/// Safe for several threads.
/// </summary>
/// <param name="choice">What the user has chosen.</param>
/// <param name="above">The size in bytes above which <see cref="XetChoice.Auto"/> tells an id.</param>
/// <param name="lists">The chunk lists that are kept.</param>
/// <param name="keeper">Makes those that are missing; null for none.</param>
/// <param name="shelf">Where files are.</param>
sealed class XetIds(XetChoice choice, long above, ChunkLists lists, ChunkKeeper? keeper, PublicShelf shelf)
{
    /// <summary>The most bytes of a file that huggingface_hub reads over plain HTTP: MAX_HTTP_DOWNLOAD_SIZE of its constants.</summary>
    public const long MostOverPlainHttp = 50_000_000_000;

    const int MostKept = 4096;

    readonly Lock _lock = new();
    readonly Dictionary<ETag, XetHash> _own = [];
    readonly HashSet<ETag> _begun = [];

    public bool AreOff => choice is XetChoice.Off;

    /// <summary>
    /// The id that answers about the file tell; null when they tell none. One whose chunks are not known is told only where the file could
    /// not be read otherwise, and the Hub has published its id.
    /// </summary>
    public XetHash? Offered(Place place)
    {
        var file = place.File;
        var isLarge = file.Size > above;
        if (AreOff || file.ETag.Kind is not DigestKind.Sha256 || file.Size is 0 || (choice is XetChoice.Auto && !isLarge))
            return null;
        if (lists.Exists(file.ETag))
            return Of(file);
        MakeList(place);
        return isLarge ? Published(file) : null;
    }

    /// <summary>It would be told of the file if it were known.</summary>
    public bool IsMissed(RepoFile file) =>
        !AreOff && file.ETag.Kind is DigestKind.Sha256 && Published(file) is null && (choice is XetChoice.On || file.Size > above);

    /// <summary>The id that the file is asked for by: the one that the Hub has published, else that of its own chunks; null when neither is known.</summary>
    public XetHash? Of(RepoFile file)
    {
        if (Published(file) is { } published)
            return published;
        if (file.ETag.Kind is not DigestKind.Sha256 || !lists.Exists(file.ETag))
            return null;
        lock (_lock)
            if (_own.TryGetValue(file.ETag, out var known))
                return known;
        if (lists.Read(file.Blob) is not { } list)
            return null;
        lock (_lock)
        {
            if (_own.Count >= MostKept)
                _own.Clear();
            return _own[file.ETag] = list.FileId;
        }
    }

    // Once for each blob: every listing comes by here.
    void MakeList(Place place)
    {
        lock (_lock)
            if (_begun.Contains(place.File.ETag))
                return;
        if (keeper is null || shelf.Locate(place) is not { } path)
            return;
        lock (_lock)
        {
            if (_begun.Count >= MostKept)
                _begun.Clear();
            _begun.Add(place.File.ETag);
        }
        keeper.Keep(path, place.File.Blob, place.File.XetId, null);
    }

    static XetHash? Published(RepoFile file) => XetHash.TryParse(file.XetId, out var published) ? published : null;
}
