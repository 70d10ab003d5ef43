using System.Text;
using System.Text.Json;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>
/// The records in <c>state/repos/folder/commit.json</c>. They can be rebuilt, so one that cannot be read counts as absent.
/// Each change renews <c>state/generation</c>, by which other processes notice.
/// </summary>
public sealed class RepoRecords(CacheFolder cache)
{
    const int Version = 1;

    string Folder => Path.Combine(cache.StateFolder, "repos");

    string GenerationFile => Path.Combine(cache.StateFolder, "generation");

    /// <summary>A text that differs after each change; empty before the first.</summary>
    public string Generation()
    {
        try
        {
            return File.ReadAllText(GenerationFile);
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return "";
        }
    }

    /// <summary>Another moment after each change, for those who look very often: one look at the file, where <see cref="Generation"/> reads it.</summary>
    public DateTime LastChange() => File.GetLastWriteTimeUtc(GenerationFile);

    /// <summary>Null when there is no record, or none that can be read.</summary>
    public RepoRecord? Read(RepoId repo, CommitId commit) => Read(FileOf(repo, commit), repo, commit);

    public IEnumerable<RepoRecord> All()
    {
        if (!Directory.Exists(Folder))
            yield break;
        foreach (var folder in Directory.EnumerateDirectories(Folder).Order(StringComparer.Ordinal))
            if (RepoId.TryParseFolder(Path.GetFileName(folder), out var repo))
                foreach (var record in Of(repo))
                    yield return record;
    }

    public IEnumerable<RepoRecord> Of(RepoId repo)
    {
        var folder = Path.Combine(Folder, repo.FolderName);
        if (!Directory.Exists(folder))
            yield break;
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
            if (CommitId.TryParse(Path.GetFileNameWithoutExtension(file), out var commit) && Read(file, repo, commit) is { } record)
                yield return record;
    }

    /// <summary>Replaces the record; one that says the same already is left, and the generation with it.</summary>
    public void Write(RepoRecord record)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(ToJson(record), StoreJson.Readable.RepoRecordJson);
        var file = FileOf(record.Repo, record.Commit);
        DiskFailure.Guard($"write {file}", () =>
        {
            if (File.Exists(file) && File.ReadAllBytes(file).AsSpan().SequenceEqual(content))
                return;
            Directory.CreateDirectory(Path.Combine(Folder, record.Repo.FolderName));
            AtomicFile.Write(file, content, cache.StateFolder);
            Renew();
        });
    }

    /// <summary>The same for a note that a reading leaves behind: false where it cannot be written, as on a disk that is full or read-only.</summary>
    public bool TryWrite(RepoRecord record)
    {
        try
        {
            Write(record);
            return true;
        }
        catch (DiskException)
        {
            return false;
        }
    }

    public void Delete(RepoId repo, CommitId commit)
    {
        var file = FileOf(repo, commit);
        DiskFailure.Guard($"delete {file}", () =>
        {
            if (!File.Exists(file))
                return;
            File.Delete(file);
            EmptyFolders.RemoveUpTo(Folder, Path.Combine(Folder, repo.FolderName));
            Renew();
        });
    }

    /// <summary>Also those that cannot be read.</summary>
    internal void DeleteAll(RepoId repo)
    {
        var folder = Path.Combine(Folder, repo.FolderName);
        DiskFailure.Guard($"delete {folder}", () =>
        {
            if (!Directory.Exists(folder))
                return;
            Directory.Delete(folder, recursive: true);
            Renew();
        });
    }

    void Renew()
    {
        var before = LastChange();
        AtomicFile.Write(GenerationFile, Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("N")), cache.StateFolder);
        // The system's clock of files may stand still for some milliseconds.
        if (LastChange() <= before)
            File.SetLastWriteTimeUtc(GenerationFile, before.AddTicks(1));
    }

    string FileOf(RepoId repo, CommitId commit) => Path.Combine(Folder, repo.FolderName, $"{commit.Text}.json");

    static RepoRecord? Read(string file, RepoId repo, CommitId commit)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), StoreJson.Readable.RepoRecordJson) is { Version: Version } json
                && json.Repo == repo.ToString() && json.Commit == commit.Text
                && json.Files.Count <= Snapshot.MostFiles
                && Enum.TryParse<RepoOrigin>(json.Origin, ignoreCase: true, out var origin)
                && Files(json.Files) is { } files
                    ? new(repo, commit, files, json.Public, origin, json.LastUse)
                    {
                        Info = json.Info is { ValueKind: JsonValueKind.Object } info ? info.GetRawText() : null,
                        IsPartial = json.Partial,
                        Skipped = json.Skipped is null ? [] : [.. json.Skipped.OfType<string>()],
                    }
                    : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException || DiskFailure.Is(error))
        {
            // The second for bytes that are no text, which the parser finds when they are looked at.
            return null;
        }
    }

    static List<RecordedFile>? Files(IReadOnlyList<RecordedFileJson?> recorded)
    {
        var files = new List<RecordedFile>(recorded.Count);
        foreach (var file in recorded)
        {
            if (file is null || !FilePath.TryParse(file.Path, out var path) || !ETag.TryParse(file.ETag, out var etag) || file.Size < 0)
                return null;
            files.Add(new(new(path, new(etag, file.Size), file.XetId), file.Ours));
        }

        return files;
    }

    static RepoRecordJson ToJson(RepoRecord record) => new()
    {
        Version = Version,
        Repo = record.Repo.ToString(),
        Commit = record.Commit.Text,
        Public = record.Public,
        Origin = record.Origin.ToString().ToLowerInvariant(),
        LastUse = record.LastUse,
        Info = record.Info is { } info ? JsonElement.Parse(info) : null,
        Partial = record.IsPartial,
        Skipped = record.Skipped.Count > 0 ? record.Skipped : null,
        Files = [.. record.Files.Select(ToJson)],
    };

    static RecordedFileJson ToJson(RecordedFile recorded) => new()
    {
        Path = recorded.File.Path.Text,
        ETag = recorded.File.ETag.Text,
        Size = recorded.File.Size,
        XetId = recorded.File.XetId,
        Ours = recorded.Ours,
    };
}
