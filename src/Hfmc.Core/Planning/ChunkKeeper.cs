using System.Threading.Channels;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Hfmc.Core.Xet;

namespace Hfmc.Core.Planning;

/// <summary>
/// Makes the chunk lists of blobs that are complete, one after the other, beside everything else. A list that cannot be made is not
/// missed: peers then do without.
/// </summary>
public sealed class ChunkKeeper : IAsyncDisposable
{
    // More than wait for it at any time; what does not fit is made when somebody asks for it.
    const int MostWaiting = 4096;

    // Whoever downloads needs the processor more: a list is made when nothing has been on its way for so long.
    static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);

    readonly ChunkLists _lists;
    readonly TransferBoard _board;
    readonly TimeProvider _time;
    readonly Channel<Work> _work = Channel.CreateBounded<Work>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    readonly CancellationTokenSource _ending = new();
    readonly Task _making;

    /// <param name="lists">Where they are kept.</param>
    /// <param name="board">Whose transfers come first.</param>
    /// <param name="time">The clock.</param>
    public ChunkKeeper(ChunkLists lists, TransferBoard board, TimeProvider time)
    {
        (_lists, _board, _time) = (lists, board, time);
        _making = Task.Run(MakeAsync);
    }

    /// <summary>The blob is complete at <paramref name="path"/>; <paramref name="known"/> is its list where that was proven on the way.</summary>
    public void Keep(string path, Blob blob, string? xetId, ChunkList? known)
    {
        if (blob.Size > MemoryBlob.Largest && !_lists.Exists(blob.ETag))
            _work.Writer.TryWrite(new(path, blob, xetId, known is not null && known.Proves(xetId) ? known : null));
    }

    /// <summary>The kept list; null when there is none yet.</summary>
    public ChunkList? Find(Blob blob) => _lists.Read(blob);

    /// <summary>Where it is kept; null when there is none yet.</summary>
    public (string Path, long Length)? Locate(Blob blob) => _lists.Locate(blob);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _making;
        _ending.Dispose();
    }

    async Task MakeAsync()
    {
        try
        {
            await foreach (var work in _work.Reader.ReadAllAsync(_ending.Token))
            {
                do
                    await Task.Delay(Quiet, _time, _ending.Token);
                while (_board.Current.Count > 0);
                Make(work);
            }
        }
        catch (OperationCanceledException)
        {
            // The daemon ends.
        }
    }

    void Make(Work work)
    {
        try
        {
            if (!_lists.Exists(work.Blob.ETag))
                _lists.Write(work.Blob.ETag, work.Known ?? ChunkListMaker.Make(work.Path, work.XetId, _ending.Token));
        }
        catch (Exception error) when (error is DiskException || DiskFailure.Is(error))
        {
            // The disk is full, or the blob was removed meanwhile.
        }
    }

    sealed record Work(string Path, Blob Blob, string? XetId, ChunkList? Known);
}
