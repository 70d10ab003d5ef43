using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;

namespace Hfmc.Core.Planning;

/// <summary>What <c>model import</c> was asked for.</summary>
public sealed record ImportRequest(string Folder, RepoId Repo, Revision Revision)
{
    /// <summary>Shown to nobody else on the network.</summary>
    public bool Private { get; init; }

    /// <summary>Take the name even if somebody else has it.</summary>
    public bool Force { get; init; }
}

/// <summary>What an import left behind; <c>WasHere</c>: nothing had to be copied.</summary>
public sealed record ImportResult(Snapshot Snapshot, string Path, bool WasHere, bool IsPublic);

/// <summary>
/// Copies a local folder into the cache as a repo at a revision, under the ids that the Hub would give its files. Blobs come before
/// links, links before the ref, as in an add.
/// </summary>
/// <param name="engine">Of the cache.</param>
/// <param name="caller">Whose upstreams are asked whether the name is free.</param>
/// <param name="request">What to import.</param>
/// <param name="readBytes">Told the bytes of each step.</param>
/// <param name="say">Told what the user should know on the way.</param>
public sealed class ModelImport(ModelEngine engine, Caller caller, ImportRequest request, Action<long> readBytes, Action<string> say)
{
    // Small files wait for one shared sync of the volume, so many are under way.
    const int PublishedAtOnce = 128;

    readonly CacheFolder _cache = engine.Cache;
    readonly RepoFolder _repo = engine.Cache.Repo(request.Repo);

    public async Task<ImportResult> RunAsync(CancellationToken cancellationToken)
    {
        if (request.Revision.IsCommit)
            throw new InputException("-v names a commit, and that of an import follows from its files: name a branch, such as main");
        var files = ImportFolder.Read(request.Folder);
        var reader = new ImportReader(Rules(files), readBytes);

        if (Known() is { } known)
        {
            // Read without copying: most likely it is the same again, or must be refused.
            var snapshot = ToSnapshot(files.Select(file => reader.Identify(file, cancellationToken)));
            if (snapshot.Commit == known && IsWhole(snapshot) && !request.Force)
                return KeepAsItIs(snapshot);
            if (snapshot.Commit != known && !request.Force)
                throw new InputException($"the cache has {request.Repo}@{request.Revision} already, at commit {known.Short}, and this folder is {snapshot.Commit.Short}: "
                    + "choose another name or revision, or add --force to let it point to this folder");
        }
        else if (!request.Force)
        {
            await RefuseForeignNameAsync(cancellationToken);
        }
        return await CopyAsync(files, reader, cancellationToken);
    }

    static LfsRules Rules(IReadOnlyList<ImportFile> files) =>
        files.FirstOrDefault(file => file.Path.Text is ".gitattributes") is { } attributes
            ? LfsRules.Parse(DiskFailure.Guard($"read {attributes.Source}", () => File.ReadAllText(attributes.Source), DiskPlace.ImportSource))
            : LfsRules.Usual;

    // What the revision is in this cache; a ref whose snapshot is gone is no obstacle.
    CommitId? Known() => _repo.ResolveRef(request.Revision) is { } commit && _repo.HasSnapshot(commit) ? commit : null;

    async Task RefuseForeignNameAsync(CancellationToken cancellationToken)
    {
        var answer = await NameCheck.AskAsync(engine.Hubs(caller), request.Repo, engine.Time, cancellationToken);
        foreach (var silent in answer.Silent)
            say($"could not ask whether {request.Repo} is taken: {silent}");
        if (answer.KnownBy.Count > 0)
            throw new InputException($"{string.Join(" and ", answer.KnownBy)} {(answer.KnownBy.Count is 1 ? "has" : "have")} a repo {request.Repo} already: "
                + "choose another name, or add --force to let this folder stand for it on your machines");
    }

    async Task<ImportResult> CopyAsync(IReadOnlyList<ImportFile> files, ImportReader reader, CancellationToken cancellationToken)
    {
        _cache.EnsureCreated();
        var copies = new Dictionary<Blob, string>();
        try
        {
            var snapshot = ToSnapshot(Copy(files, reader, copies, cancellationToken));
            await Parallel.ForEachAsync(copies, new ParallelOptions { MaxDegreeOfParallelism = PublishedAtOnce, CancellationToken = cancellationToken },
                async (copy, token) => await engine.Publisher.PublishAsync(_repo, copy.Key, copy.Value, token));
            NativeFiles.SyncFolder(_repo.BlobsFolder);
            Show(snapshot);
            return new(snapshot, _repo.SnapshotFolder(snapshot.Commit), WasHere: false, IsPublic: !request.Private);
        }
        finally
        {
            foreach (var copy in copies.Values)
                File.Delete(copy);
        }
    }

    List<RepoFile> Copy(IReadOnlyList<ImportFile> files, ImportReader reader, Dictionary<Blob, string> copies, CancellationToken cancellationToken)
    {
        var copied = new List<RepoFile>(files.Count);
        var roomIsChecked = false;
        foreach (var file in files)
        {
            var temporary = AtomicFile.TemporaryIn(_cache.PartialFolder);
            try
            {
                var read = reader.Copy(file, temporary, CheckRoom, cancellationToken);
                copied.Add(read);
                if (copies.TryAdd(read.Blob, temporary))
                    continue;
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }
            File.Delete(temporary);
        }
        return copied;

        // Asked when the first file turns out to need room of its own, rather than share its blocks.
        void CheckRoom()
        {
            if (!roomIsChecked)
                FreeSpace.Check(_cache, files.Sum(file => file.Size));
            roomIsChecked = true;
        }
    }

    void Show(Snapshot snapshot)
    {
        var writer = new SnapshotWriter(_cache, request.Repo, caller.SymlinksOff);
        var linked = new HashSet<ETag>();
        foreach (var file in snapshot.Files)
            writer.Link(snapshot.Commit, file.Path, file.ETag, isNewBlob: linked.Add(file.ETag));
        writer.WriteTree(snapshot);
        writer.WriteRef(request.Revision, snapshot.Commit);
        var now = engine.Time.GetUtcNow();
        engine.Records.Write(new(request.Repo, snapshot.Commit, [.. snapshot.Files.Select(file => new RecordedFile(file, Ours: true))],
            request.Private ? null : now, RepoOrigin.Imported, now));
    }

    // Who may see it can become stricter by the way, never laxer: that takes --force.
    ImportResult KeepAsItIs(Snapshot snapshot)
    {
        var before = engine.Records.Read(request.Repo, snapshot.Commit);
        var record = before ?? new(request.Repo, snapshot.Commit, [.. snapshot.Files.Select(file => new RecordedFile(file, Ours: false))], null, RepoOrigin.Imported, engine.Time.GetUtcNow());
        record = record with { Origin = RepoOrigin.Imported, Public = request.Private ? null : record.Public };
        engine.Records.Write(record);
        if (!request.Private && record.Public is null)
            say($"{request.Repo} at {snapshot.Commit.Short} stays private: add --force to share it with peers");
        return new(snapshot, _repo.SnapshotFolder(snapshot.Commit), WasHere: true, record.Public is not null);
    }

    Snapshot ToSnapshot(IEnumerable<RepoFile> files)
    {
        IReadOnlyList<RepoFile> sorted = [.. files.OrderBy(file => file.Path)];
        return new(request.Repo, ImportCommit.Of(sorted), sorted);
    }

    bool IsWhole(Snapshot snapshot) => snapshot.Files.All(file => _repo.FindFile(snapshot.Commit, file.Path)?.Size == file.Size);
}
