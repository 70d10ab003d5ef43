using System.Collections.Concurrent;
using Hfmc.Core.Planning;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Serving;

/// <summary>
/// Public files that are here and were asked for a moment ago, by what was asked: two hundred clients that load one model are answered
/// without a look at records, refs and folders for each. Strangers' questions only: what a token may see is looked up each time.
/// </summary>
sealed class WarmFiles(RepoRecords records, TimeProvider time)
{
    /// <summary>How long an answer is good, how many are kept, and bytes of the small ones in all.</summary>
    public static readonly TimeSpan Good = TimeSpan.FromSeconds(1);

    // Records are looked at no more often than this: a look at the file system is a tenth of what an answer costs.
    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(10);

    const int Most = 4096;
    const long SmallFile = 64 << 10, MostBytes = 32 << 20;

    readonly ConcurrentDictionary<string, WarmFile> _files = new(StringComparer.Ordinal);
    long _bytes;
    Look? _last;

    /// <summary>Null when it has to be looked up.</summary>
    public WarmFile? Find(HttpRequest request, string rawTarget) =>
        _files.TryGetValue(rawTarget, out var warm) && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && request.Headers.Authorization.Count is 0
        && time.GetElapsedTime(warm.Since) < Good && LastChange() == warm.Records ? warm : null;

    /// <summary>It was looked up, for a caller of this kind.</summary>
    public void Note(HttpRequest request, string rawTarget, RepoView view, Revision revision, RepoFile file, string path)
    {
        // In this order: a record that changes from here on is seen to have changed.
        var known = records.LastChange();
        if (request.Headers.Authorization.Count > 0 || records.Read(view.Repo, view.Commit) is not { Public: not null })
            return;
        if (_files.Count >= Most || Volatile.Read(ref _bytes) >= MostBytes)
        {
            _files.Clear();
            Volatile.Write(ref _bytes, 0);
        }
        var bytes = file.Size <= SmallFile ? Read(path, file.Size) : null;
        Interlocked.Add(ref _bytes, bytes?.Length ?? 0);
        _files[rawTarget] = new(view, revision, file, path, bytes, time.GetTimestamp(), known);
    }

    DateTime LastChange()
    {
        var last = _last;
        if (last is null || time.GetElapsedTime(last.At) >= Glance)
            _last = last = new(time.GetTimestamp(), records.LastChange());
        return last.Change;
    }

    static byte[]? Read(string path, long size)
    {
        try
        {
            return File.ReadAllBytes(path) is var bytes && bytes.Length == size ? bytes : null;
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return null;
        }
    }

    sealed record Look(long At, DateTime Change);
}

/// <summary>Where a file is, and its bytes when they are few.</summary>
sealed class WarmFile(RepoView view, Revision revision, RepoFile file, string path, byte[]? bytes, long since, DateTime records)
{
    public RepoView View => view;

    public Revision Revision => revision;

    public RepoFile File => file;

    public string Path => path;

    public byte[]? Bytes => bytes;

    public long Since => since;

    /// <summary>When the records had changed last, by which the file is public.</summary>
    public DateTime Records => records;
}
