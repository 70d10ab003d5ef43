using System.Diagnostics;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

/// <summary>Disks that are full, read-only, or without links.</summary>
public sealed partial class ModelEngineTests
{
    static readonly FilePath Model = FilePath.Parse("weights/model.bin"), Config = FilePath.Parse("config.json"), Copy = FilePath.Parse("copy/config.json");

    Caller WithoutLinks => Online with { SymlinksOff = true };

    [Fact(Timeout = 30_000)]
    public async Task Without_links_files_are_files_and_equal_ones_are_copies()
    {
        await _rig.AddAsync(All, WithoutLinks);

        _rig.AssertComplete(_repo, _commit);
        Assert.All(Directory.EnumerateFiles(_rig.Folder(Repo).SnapshotFolder(_commit), "*", SearchOption.AllDirectories), file => Assert.Null(new FileInfo(file).LinkTarget));
        Assert.Empty(Directory.EnumerateFiles(_rig.Folder(Repo).BlobsFolder));
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_links_what_is_here_is_not_fetched_again()
    {
        await _rig.AddAsync(All, WithoutLinks);
        await ForgetAsync();

        await _rig.AddAsync(All, WithoutLinks);

        Assert.Equal(0, _hub.BytesServed());
    }

    [Fact(Timeout = 30_000)]
    public async Task Without_links_a_second_file_with_the_bytes_of_the_first_can_follow_later()
    {
        await _rig.AddAsync(All with { Files = [Config] }, WithoutLinks);

        await _rig.AddAsync(All with { Files = [Config, Copy] }, WithoutLinks);

        _rig.AssertComplete(_repo, _commit, "config.json", "copy/config.json");
    }

    [Theory(Timeout = 30_000)]
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

    [Fact(Timeout = 60_000)]
    public async Task A_disk_that_fills_up_is_an_error_of_the_disk_and_what_is_there_stays_good()
    {
        using var disk = TestDisk.OrSkip("64m");
        await using var rig = new EngineRig(disk.Path);
        // Every range hangs long before its end, so that what is missing still wants room when there is none.
        var hang = _hub.Faults.Add(new Fault(FaultKind.HangAfter, 100_000) { Side = HubSide.Cdn });
        var run = rig.AddAsync(All, _hub);
        await hang.Struck.WaitAsync(Cancelled);
        var filler = Path.Combine(disk.Path, "filler");
        FillUp(filler);
        _hub.Faults.Clear();

        var error = await Assert.ThrowsAsync<DiskException>(() => run);
        Assert.Contains("full", error.Message);
        File.Delete(filler);
        await rig.AddAsync(All, _hub);

        rig.AssertComplete(_repo, _commit);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_cannot_fit_is_refused_before_the_first_byte()
    {
        using var disk = TestDisk.OrSkip("17m");
        await using var rig = new EngineRig(disk.Path);

        var error = await Assert.ThrowsAsync<DiskException>(() => rig.AddAsync(All, _hub));

        Assert.Contains("are free", error.Message);
        Assert.Equal(0, _hub.BytesServed());
    }

    [Fact(Timeout = 30_000)]
    public async Task A_read_only_cache_is_an_error_of_the_disk_and_not_a_wait_for_another_process()
    {
        using var disk = TestDisk.OrSkip("64m");
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

    static void FillUp(string path)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        try
        {
            for (long at = 0; ; at += 4096)
                RandomAccess.Write(file, new byte[4096], at);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>A small disk in memory, where this process may mount one.</summary>
    sealed class TestDisk : IDisposable
    {
        TestDisk(string path) => Path = path;

        public string Path { get; }

        public static TestDisk OrSkip(string size)
        {
            var path = Directory.CreateTempSubdirectory("hfmc-disk-").FullName;
            if (OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", $"size={size}", "hfmc-test", path))
                return new(path);
            Directory.Delete(path);
            Assert.Skip("needs the right to mount a tmpfs");
            throw new UnreachableException();
        }

        public void Remount(string how) => Assert.True(Run("mount", "-o", $"remount,{how}", Path));

        public void Dispose()
        {
            Run("umount", "-l", Path);
            Directory.Delete(Path);
        }

        static bool Run(string program, params string[] arguments)
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
                process.WaitForExit();
                return process.ExitCode is 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }
}
