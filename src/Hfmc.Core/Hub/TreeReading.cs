using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Hub;

/// <summary>
/// The files of a commit, page by page, as an upstream lists them. What was read is kept: a reading that breaks off goes on with the page
/// that was missing. Safe for several readers, who share the pages.
/// </summary>
sealed class TreeReading(string upstream, RepoId repo, CommitId commit)
{
    const int MostPages = 2000;

    readonly SemaphoreSlim _turn = new(1);
    SnapshotBuilder? _builder;
    Uri? _next;
    int _pages, _count;
    Snapshot? _whole;

    /// <summary>Files that were read.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Reads what is missing of the list; <paramref name="read"/> gets a page, the first one by null; <paramref name="came"/> the files of each page that this call reads.</summary>
    /// <exception cref="SourceException">Refused, not reached, or a list that cannot be right.</exception>
    public async Task<Snapshot> ReadAsync(Func<Uri?, Task<TreePage>> read, Action<ListedPage>? came, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _builder ??= new(upstream, repo);
            while (_whole is null)
            {
                if (_pages >= MostPages)
                    throw new SourceException(SourceFault.Lied, $"{upstream} lists {repo} in more than {MostPages} pages");
                Take(await read(_next), _builder, came);
            }
            return _whole;
        }
        catch (SourceException error) when (error.Fault is SourceFault.Lied)
        {
            Restart();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    void Take(TreePage page, SnapshotBuilder builder, Action<ListedPage>? came)
    {
        var files = builder.AddAll(page.Entries);
        (_next, _whole, _pages) = (page.Next, page.Next is null ? builder.ToSnapshot(commit) : null, _pages + 1);
        Interlocked.Add(ref _count, files.Count);
        came?.Invoke(new(files, page.Next is not null));
    }

    void Restart()
    {
        (_builder, _next, _whole, _pages) = (null, null, null, 0);
        Volatile.Write(ref _count, 0);
    }
}

/// <summary>The files of a page that has come; <c>GoesOn</c> when it is not the last one.</summary>
public sealed record ListedPage(IReadOnlyList<RepoFile> Files, bool GoesOn);

/// <summary>A page of a tree, and where the next one is; null after the last.</summary>
sealed record TreePage(IReadOnlyList<TreeEntryJson?> Entries, Uri? Next);
