using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

/// <summary>Disks that are full, read-only, or without links.</summary>
public sealed partial class ModelEngineTests
{
    static readonly FilePath Model = FilePath.Parse("weights/model.bin"), Config = FilePath.Parse("config.json"), Copy = FilePath.Parse("copy/config.json");

    Caller WithoutLinks => Online with { SymlinksOff = true };

    [Fact(Timeout = 120_000)]
    public async Task Without_links_files_are_files_and_equal_ones_are_copies()
    {
        await _rig.AddAsync(All, WithoutLinks);

        _rig.AssertComplete(_repo, _commit);
        Assert.All(Directory.EnumerateFiles(_rig.Folder(Repo).SnapshotFolder(_commit), "*", SearchOption.AllDirectories), file => Assert.Null(new FileInfo(file).LinkTarget));
        Assert.Empty(Directory.EnumerateFiles(_rig.Folder(Repo).BlobsFolder));
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_links_what_is_here_is_not_fetched_again()
    {
        await _rig.AddAsync(All, WithoutLinks);
        await ForgetAsync();

        await _rig.AddAsync(All, WithoutLinks);

        Assert.Equal(0, _hub.BytesServed());
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_links_a_second_file_with_the_bytes_of_the_first_can_follow_later()
    {
        await _rig.AddAsync(All with { Files = [Config] }, WithoutLinks);

        await _rig.AddAsync(All with { Files = [Config, Copy] }, WithoutLinks);

        _rig.AssertComplete(_repo, _commit, "config.json", "copy/config.json");
    }

    [Theory(Timeout = 120_000)]
    [InlineData("read-only", true)]
    [InlineData("read-only", false)]
    [InlineData("full", true)]
    [InlineData("full", false)]
    public async Task What_is_here_is_a_success_on_a_disk_that_takes_nothing_more(string disk, bool online)
    {
        using var small = TestDisk.Mount("64m", Assert.Skip);
        await using var rig = new EngineRig(small.Path);
        await rig.AddAsync(All, _hub);
        small.TakeNothingMore(disk);

        var result = await rig.AddAsync(All, online ? Online : Offline);
        var one = await rig.AddAsync(All with { Files = [Model], Revision = Revision.Parse(_commit.Text) }, online ? Online : Offline);
        var verified = await new CacheVerify(rig.Cache, rig.Records).RunAsync(Repo, null, null, Cancelled).ToListAsync(Cancelled);

        Assert.Equal((_commit, rig.Folder(Repo).SnapshotFolder(_commit)), (result.Commit, result.Path));
        Assert.Equal(Big.ToArray(), File.ReadAllBytes(one.Path));
        Assert.All(verified, file => Assert.Equal(VerifyResult.Good, file.Result));
        Assert.Equal(online ? 0 : 1, rig.Progress.Warnings.Count(warning => !warning.Contains("using what this cache has", StringComparison.Ordinal)) + (online ? 0 : 1));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("read-only")]
    [InlineData("full")]
    public async Task What_Python_put_on_a_disk_that_takes_nothing_more_is_a_success_too(string disk)
    {
        using var small = TestDisk.Mount("64m", Assert.Skip);
        await using var rig = new EngineRig(small.Path);
        await rig.AddAsync(All, _hub);
        // Nothing of this program's own is left beside it.
        Directory.Delete(rig.Cache.StateFolder, recursive: true);
        Directory.Delete(rig.Cache.PartialFolder, recursive: true);
        File.Delete(Path.Combine(rig.Cache.HubFolder, "CACHEDIR.TAG"));
        File.Delete(rig.Folder(Repo).TreeFile(_commit));
        small.TakeNothingMore(disk);

        foreach (var caller in (Caller[])[Online, Offline])
            Assert.Equal(_commit, (await rig.AddAsync(All, caller)).Commit);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_branch_that_has_moved_back_to_what_is_here_is_a_success_on_a_read_only_disk_and_says_what_could_not_be_noted()
    {
        using var small = TestDisk.Mount("64m", Assert.Skip);
        await using var rig = new EngineRig(small.Path);
        await rig.AddAsync(All with { Revision = Revision.Parse(_commit.Text) }, _hub);
        small.TakeNothingMore("read-only");

        Assert.Equal(_commit, (await rig.AddAsync(All, _hub)).Commit);

        Assert.Contains("could not be noted", Assert.Single(rig.Progress.Warnings));
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_of_a_snapshot_that_is_no_link_and_has_wrong_bytes_is_replaced(bool withoutLinks)
    {
        await _rig.AddAsync(All, WithoutLinks);
        _rig.Records.Delete(Repo, _commit);
        var file = Model.Below(_rig.Folder(Repo).SnapshotFolder(_commit));
        File.WriteAllBytes(file, new byte[BigSize]);

        await _rig.AddAsync(All, withoutLinks ? WithoutLinks : Online);

        _rig.AssertComplete(_repo, _commit);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_disk_that_fills_up_is_an_error_of_the_disk_and_what_is_there_stays_good()
    {
        using var disk = TestDisk.Mount("64m", Assert.Skip);
        await using var rig = new EngineRig(disk.Path);
        // Every range hangs long before its end, so that what is missing still wants room when there is none.
        var hang = _hub.Faults.Add(new Fault(FaultKind.HangAfter, 100_000) { Side = HubSide.Cdn });
        var run = rig.AddAsync(All, _hub);
        await hang.Struck.WaitAsync(Cancelled);
        var filler = Path.Combine(disk.Path, "filler");
        TestDisk.FillUp(filler);
        _hub.Faults.Clear();

        var error = await Assert.ThrowsAsync<DiskException>(() => run);
        Assert.Contains("full", error.Message);
        File.Delete(filler);
        await rig.AddAsync(All, _hub);

        rig.AssertComplete(_repo, _commit);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_cannot_fit_is_refused_before_the_first_byte()
    {
        using var disk = TestDisk.Mount("17m", Assert.Skip);
        await using var rig = new EngineRig(disk.Path);

        var error = await Assert.ThrowsAsync<DiskException>(() => rig.AddAsync(All, _hub));

        // 17 MiB less what the cache has already; 16 MiB stay free.
        Assert.Matches(@"[\d,]+ MB are to be stored, 1[78] MB are free, and hfmc keeps a fixed reserve of 17 MB of these for folders, links and records, so [\d,]+ MB are missing", error.Message);
        Assert.Equal(0, _hub.BytesServed());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_read_only_cache_is_an_error_of_the_disk_and_not_a_wait_for_another_process()
    {
        using var disk = TestDisk.Mount("64m", Assert.Skip);
        await using var rig = new EngineRig(disk.Path);
        // A lock file of an earlier run is there.
        _hub.Faults.Add(new Fault(FaultKind.WrongETag) { Path = "weights/model.bin" });
        await Assert.ThrowsAsync<OfflineException>(() => rig.AddAsync(All, _hub));
        _hub.Faults.Clear();
        disk.Remount("ro");

        var error = await Assert.ThrowsAsync<DiskException>(() => rig.AddAsync(All, _hub));
        Assert.Throws<DiskException>(() => Hfmc.Core.Store.PartialBlob.TryOpen(rig.Cache.PartialFolder, new(Big.Sha256, BigSize)));
        disk.Remount("rw");
        await rig.AddAsync(All, _hub);

        Assert.Contains("read-only", error.Message);
        rig.AssertComplete(_repo, _commit);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_disk_without_room_for_another_file_is_told_so()
    {
        using var disk = TestDisk.Mount("64m,nr_inodes=12", Assert.Skip);
        await using var rig = new EngineRig(disk.Path);

        var error = await Assert.ThrowsAsync<DiskException>(() => rig.AddAsync(All, _hub));

        Assert.Contains("it has no free inode", error.Message);
    }
}
