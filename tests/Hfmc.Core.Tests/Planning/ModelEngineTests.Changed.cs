using System.Diagnostics;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Core.Transfers;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

/// <summary>Blobs whose bytes are not what they were when they were put here.</summary>
public sealed partial class ModelEngineTests
{
    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_blob_whose_bytes_have_changed_is_fetched_again_and_a_line_says_so(bool withoutLinks)
    {
        var caller = withoutLinks ? WithoutLinks : Online;
        await _rig.AddAsync(All, caller);
        await ForgetAsync();
        File.WriteAllBytes(BigFile(_rig.Cache), new byte[BigSize]);

        await _rig.AddAsync(All, caller);

        _rig.AssertComplete(_repo, _commit);
        Assert.Contains("weights/model.bin", Assert.Single(_rig.Progress.Warnings));
        await _rig.AddAsync(All, caller);
        Assert.Empty(_rig.Progress.Warnings);
    }

    [Fact(Timeout = 120_000)]
    public async Task One_that_has_only_a_new_time_is_read_once_and_nothing_is_fetched()
    {
        await _rig.AddAsync(All, Online);
        await ForgetAsync();
        File.SetLastWriteTimeUtc(BigFile(_rig.Cache), DateTime.UtcNow.AddDays(-1));
        Assert.Equal(BlobTrust.Changed, Trust(_rig.Cache));

        await _rig.AddAsync(All, Online);

        Assert.Equal((0, 0), (_hub.BytesServed(), _rig.Progress.Warnings.Count));
        Assert.Equal(BlobTrust.Same, Trust(_rig.Cache));
    }

    [Fact(Timeout = 120_000)]
    public async Task Wrong_bytes_stay_until_right_ones_are_here()
    {
        await _rig.AddAsync(All, Online);
        File.WriteAllBytes(BigFile(_rig.Cache), new byte[BigSize]);

        await Assert.ThrowsAnyAsync<HfmcException>(() => _rig.AddAsync(All with { Revision = Revision.Parse(_commit.Text) }, Offline));

        Assert.Equal(new byte[BigSize], File.ReadAllBytes(BigFile(_rig.Cache)));
        await _rig.AddAsync(All, Online);
        _rig.AssertComplete(_repo, _commit);
    }

    [Fact(Timeout = 120_000)]
    public async Task What_was_not_noted_is_taken_by_its_size_until_a_verify_has_read_it()
    {
        Directory.CreateDirectory(_rig.Folder(Repo).BlobsFolder);
        File.WriteAllBytes(BigFile(_rig.Cache), new byte[BigSize]);

        await _rig.AddAsync(All, Online);
        Assert.Equal(0, _hub.BytesServed(Big.Sha256));
        Assert.Equal(new byte[BigSize], File.ReadAllBytes(BigFile(_rig.Cache)));
        Assert.Equal(BlobTrust.Same, Trust(_rig.Cache));

        using (var notes = new BlobNotes(_rig.Cache, _rig.Time))
            await new CacheVerify(_rig.Cache, _rig.Records, notes).RunAsync(Repo, null, null, Cancelled).ToListAsync(Cancelled);
        await _rig.AddAsync(All, Online);

        Assert.Contains("weights/model.bin", Assert.Single(_rig.Progress.Warnings));
        _rig.AssertComplete(_repo, _commit);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_an_unclean_stop_what_was_published_last_is_read_before_it_is_believed(bool isClean)
    {
        await _rig.AddAsync(All, Online);
        if (isClean)
            _rig.Engine.Notes.Dispose();
        using var place = new Hfmc.Testing.TempFolder();
        var copy = Path.Combine(place.Path, "cache");
        using (var copying = Process.Start("cp", ["-a", _rig.Cache.Root, copy]))
            await copying.WaitForExitAsync(Cancelled);
        // As a power cut leaves it: the process is not to be found.
        foreach (var session in Directory.GetFiles(Path.Combine(copy, "state", "sessions")))
            File.WriteAllText(session, $"{File.ReadAllText(session)}0");
        await using var rig = new EngineRig(copy);
        Rot(BigFile(rig.Cache));

        await rig.AddAsync(All, Online);

        Assert.Equal(isClean ? [] : ["weights/model.bin"], rig.Progress.Warnings.Select(warning => warning.Split(' ')[0]));
        Assert.Equal(!isClean, File.ReadAllBytes(BigFile(rig.Cache)).AsSpan().SequenceEqual(Big.ToArray()));
        await rig.AddAsync(All, Online);
        Assert.Empty(rig.Progress.Warnings);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Without_links_a_commit_that_changes_one_file_fetches_that_file_alone(bool withRecord)
    {
        await _rig.AddAsync(All, WithoutLinks);
        if (!withRecord)
        {
            _rig.Records.Delete(Repo, _commit);
            File.Delete(_rig.Folder(Repo).TreeFile(_commit));
        }
        await ForgetAsync();
        var next = _repo.Commit(_repo.Find(_commit.Text)!.Files.ToDictionary(file => file.Path.Text, file => file.Path == Config ? Hfmc.Testing.BytesContent.Of("{ }") : file.Content));

        await _rig.AddAsync(All, WithoutLinks);

        await _hub.WaitAsync(hub => hub.BytesServed() >= 3, Cancelled);
        Assert.Equal(3, _hub.BytesServed());
        Assert.Equal(BigSize + 2, _rig.Progress.From(SourceKind.Disk));
        _rig.AssertComplete(_repo, next);
        _rig.AssertComplete(_repo, _commit);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_links_a_file_that_was_renamed_and_one_of_another_repo_are_taken_from_disk()
    {
        await _rig.AddAsync(All, WithoutLinks);
        await ForgetAsync();
        var next = _repo.Commit(new Dictionary<string, Hfmc.Testing.FileContent> { ["renamed.bin"] = Big });
        var other = _hub.Add("acme/other");
        var same = other.Commit(new Dictionary<string, Hfmc.Testing.FileContent> { ["same.bin"] = Big });

        await _rig.AddAsync(All, WithoutLinks);
        await _rig.AddAsync(new(other.Id, Revision.Main), WithoutLinks);

        Assert.Equal(0, _hub.BytesServed());
        _rig.AssertComplete(_repo, next);
        _rig.AssertComplete(other, same);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_blob_that_JavaScript_has_named_by_a_Xet_hash_is_not_fetched_again()
    {
        await _rig.AddAsync(All, Online);
        await ForgetAsync();
        var folder = _rig.Folder(Repo);
        var odd = Path.Combine(folder.BlobsFolder, new string('a', 64));
        File.Move(BigFile(_rig.Cache), odd);
        var entry = Model.Below(folder.SnapshotFolder(_commit));
        File.Delete(entry);
        File.CreateSymbolicLink(entry, Path.Combine("..", "..", "..", "blobs", Path.GetFileName(odd)));

        await _rig.AddAsync(All, Online);

        Assert.Equal(0, _hub.BytesServed());
        Assert.Equal(Big.Sha256, folder.FindFile(_commit, Model)!.ETag);
    }

    string BigFile(CacheFolder cache) =>
        cache.Repo(Repo) is var folder && File.Exists(folder.BlobFile(Big.Sha256)) || !folder.HasSnapshot(_commit) ? folder.BlobFile(Big.Sha256) : Model.Below(folder.SnapshotFolder(_commit));

    BlobTrust Trust(CacheFolder cache)
    {
        using var notes = new BlobNotes(cache, _rig.Time);
        return notes.Look(Repo, new(Big.Sha256, BigSize), BlobStamp.Of(BigFile(cache))!.Value);
    }

    // Other bytes, and nothing that tells: as after a power cut that took them and not the rest.
    static void Rot(string file)
    {
        var time = File.GetLastWriteTimeUtc(file);
        File.WriteAllBytes(file, new byte[BigSize]);
        File.SetLastWriteTimeUtc(file, time);
    }
}
