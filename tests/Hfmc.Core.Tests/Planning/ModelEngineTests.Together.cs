using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

/// <summary>Requests that meet, are cut off, or wait for somebody else.</summary>
public sealed partial class ModelEngineTests
{
    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_requests_at_once_cost_one_copy(bool asTwoProcesses)
    {
        var second = asTwoProcesses ? _rig.NewEngine() : _rig.Engine;

        await Task.WhenAll(_rig.AddAsync(All, Online), _rig.AddAsync(All, Online, second));

        _rig.AssertComplete(_repo, _commit);
        await _hub.WaitAsync(hub => hub.BytesServed(Big.Sha256) >= BigSize, Cancelled);
        Assert.Equal(BigSize, _hub.BytesServed(Big.Sha256));
    }

    [Fact(Timeout = 120_000)]
    public async Task Two_repos_that_share_a_blob_fetch_it_once_at_the_same_time()
    {
        var other = _hub.Add("acme/other");
        var commit = other.Commit(new Dictionary<string, FileContent> { ["same.bin"] = Big });

        await Task.WhenAll(_rig.AddAsync(All, Online), _rig.AddAsync(new(other.Id, Revision.Main), Online));

        _rig.AssertComplete(_repo, _commit);
        _rig.AssertComplete(other, commit);
        await _hub.WaitAsync(hub => hub.BytesServed(Big.Sha256) >= BigSize, Cancelled);
        Assert.Equal(BigSize, _hub.BytesServed(Big.Sha256));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_cancelled_add_leaves_a_journal_and_the_next_one_fetches_the_rest()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        _hub.Faults.Add(new Fault(FaultKind.HangAfter, 600_000) { Side = HubSide.Cdn });
        var run = _rig.AddAsync(All, Online, cancellationToken: cancel.Token);
        await HeldAsync(3 * 600_000);

        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Empty(_rig.Engine.Board.Current);
        _hub.Faults.Clear();
        _hub.ForgetRequests();
        await _rig.AddAsync(All, _hub);

        _rig.AssertComplete(_repo, _commit);
        Assert.InRange(_rig.Progress.From(SourceKind.Disk), 3 * 600_000, BigSize);
        Assert.Equal(BigSize + 2, _rig.Progress.From(SourceKind.Disk) + _rig.Progress.From(SourceKind.Hub));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_an_interrupted_add_put_there_is_known_as_ours()
    {
        _hub.Faults.Add(new Fault(FaultKind.WrongETag) { Path = "weights/model.bin" });
        await Assert.ThrowsAsync<OfflineException>(() => _rig.AddAsync(All, _hub));
        Assert.False(File.Exists(_rig.Folder(Repo).BlobFile(Big.Sha256)));
        _hub.Faults.Clear();

        await _rig.AddAsync(All, _hub);

        Assert.All(_rig.Records.Read(Repo, _commit)!.Files, file => Assert.True(file.Ours, file.File.Path.Text));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_lock_that_Python_holds_delays_publishing_by_five_seconds_at_most()
    {
        var path = _rig.Folder(Repo).LockFile(Big.Sha256);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var begun = _rig.Time.GetTimestamp();

        await _rig.AddAsync(All, _hub);

        _rig.AssertComplete(_repo, _commit);
        Assert.True(_rig.Time.GetElapsedTime(begun) > TimeSpan.FromSeconds(4.9), "the lock was not waited for");
    }
}
