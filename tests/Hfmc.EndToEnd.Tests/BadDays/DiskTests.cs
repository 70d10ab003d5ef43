using Hfmc.Core.Repos;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.BadDays;

/// <summary>Disks that are full or read-only.</summary>
public sealed class DiskTests : NodeTest
{
    const string Repo = "acme/big";
    const long Size = 12_000_000, Some = 4_000_000;

    static readonly PatternContent Weights = new(Size, seed: 11);

    [Fact]
    public async Task What_cannot_fit_is_refused_before_a_byte_is_fetched()
    {
        var (_, node, hub, _) = await NodeOnAsync(megabytes: 10);

        var error = (await node.RunAsync("model", "add", "-r", Repo, "--json")).Ended(7).Json.GetProperty("error");

        Assert.Contains(node.CacheRoot, error.GetProperty("message").GetString());
        Assert.Equal(0, hub.BytesServed());
    }

    [Fact]
    public async Task A_disk_that_fills_in_mid_download_ends_with_7_and_the_download_goes_on_once_there_is_space()
    {
        var (disk, node, hub, commit) = await NodeOnAsync(megabytes: 100, speed: 10_000_000);
        var adding = node.Start("model", "add", "-r", Repo, "--json");
        await hub.WaitAsync(hub => hub.BytesServed() > Some, Cancelled);
        var ballast = disk.Fill(leave: 1_000_000);

        var error = (await adding.EndAsync(Cancelled)).Ended(7).Json.GetProperty("error");
        File.Delete(ballast);
        var added = await node.AddAsync(Repo);

        Assert.Contains("full", error.GetProperty("message").GetString());
        Assert.Equal(Weights.ToArray(), node.Read(Repo, commit, "model.bin"));
        Assert.InRange(added.Disk, 1, Size);
        Assert.Equal(added.Bytes, added.Sum);
        Assert.InRange(hub.BytesServed(), 1, Size + (8 << 20));
    }

    [Fact]
    public async Task A_read_only_cache_is_read_and_what_would_be_written_ends_with_7()
    {
        var (disk, node, hub, commit) = await NodeOnAsync(megabytes: 100);
        Publish(hub, "acme/other", ("config.json", BytesContent.Of("{}")));
        await node.AddAsync(Repo);
        await disk.MakeReadOnlyAsync();

        var refused = (await node.RunAsync("model", "add", "-r", "acme/other", "--json")).Ended(7);
        var removed = (await node.RunAsync("model", "rm", "-r", Repo, "-y", "--json")).Ended(7);
        var listed = (await node.RunAsync("model", "ls", "--json")).Succeeded().Json;
        var verified = (await node.RunAsync("model", "verify", "--json")).Succeeded().Json;
        await disk.MakeWritableAsync();

        Assert.Contains(node.CacheRoot, refused.Json.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(7, removed.Json.GetProperty("error").GetProperty("code").GetInt32());
        Assert.Equal(1, listed.GetArrayLength());
        Assert.Equal(1, verified.GetProperty("checked").GetInt32());
        Assert.Equal(Weights.ToArray(), node.Read(Repo, commit, "model.bin"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task On_a_disk_that_takes_nothing_more_every_way_out_gives_what_is_here(bool isReadOnly)
    {
        var (disk, node, hub, commit) = await NodeOnAsync(megabytes: 100);
        await node.AddAsync(Repo);
        if (isReadOnly)
            await disk.MakeReadOnlyAsync();
        else
            disk.FillToTheLast();

        var added = await node.AddAsync(Repo);
        var folder = Place.Folder("local");
        var local = (await node.RunAsync("model", "add", "-q", "-r", Repo, "--local-dir", folder)).Succeeded();
        (await node.RunAsync("model", "ls", "-r", Repo)).Succeeded();
        (await node.RunAsync("model", "verify", "--json")).Succeeded();
        await node.StartDaemonAsync();
        await node.AddAsync(Repo);
        await hub.StopAsync();
        (await node.With("HF_HUB_OFFLINE", "1").RunAsync("model", "add", "-r", Repo)).Succeeded();
        using var http = new HttpClient();
        var served = await http.GetByteArrayAsync(new Uri(node.Endpoint, $"{Repo}/resolve/main/model.bin"), Cancelled);
        var other = Node("other").Knows(node.Port).With("HF_HUB_OFFLINE", "1");
        await other.StartDaemonAsync();
        var got = await other.AddAsync(Repo);

        Assert.Equal(Size, added.Disk);
        Assert.Equal(Weights.ToArray(), await File.ReadAllBytesAsync(Path.Combine(folder, "model.bin"), Cancelled));
        Assert.Equal(Weights.ToArray(), served);
        Assert.Equal(Size, got.Peer);
        Assert.Equal(Weights.ToArray(), other.Read(Repo, commit, "model.bin"));
    }

    [Fact]
    public async Task What_a_daemon_kept_just_before_it_was_killed_is_proven_before_a_client_has_all_of_it()
    {
        var hub = await HubAsync();
        var commit = Publish(hub, Repo, ("model.bin", Weights));
        var node = Node("lone").At(hub.Endpoint);
        await node.StartDaemonAsync();
        using var http = new HttpClient();
        var file = new Uri(node.Endpoint, $"{Repo}/resolve/main/model.bin");
        Assert.Equal(Weights.ToArray(), await http.GetByteArrayAsync(file, Cancelled));
        var blob = node.Cache.Repo(RepoId.Parse(Repo)).BlobFile(Weights.Sha256);
        await UntilAsync(() => File.Exists(node.Cache.Repo(RepoId.Parse(Repo)).RefFile(Revision.Main)));
        await node.KillDaemonAsync();
        // Zeros that nothing tells of, as a power cut leaves them.
        var time = File.GetLastWriteTimeUtc(blob);
        await File.WriteAllBytesAsync(blob, new byte[Size], Cancelled);
        File.SetLastWriteTimeUtc(blob, time);
        await node.StartDaemonAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetByteArrayAsync(file, Cancelled));

        Assert.Equal(Weights.ToArray(), await http.GetByteArrayAsync(file, Cancelled));
        await UntilAsync(() => node.Read(Repo, commit, "model.bin").AsSpan().SequenceEqual(Weights.ToArray()));
    }

    async Task<(SmallDisk Disk, HfmcNode Node, FakeHub Hub, CommitId Commit)> NodeOnAsync(int megabytes, long? speed = null)
    {
        var disk = Keep(await SmallDisk.MountAsync(Place.Folder("disk"), megabytes));
        var hub = await HubAsync(new() { BytesPerSecond = speed });
        var node = Node("lone").At(hub.Endpoint).With("HFMC_CACHE", Directory.CreateDirectory(Path.Combine(disk.Folder, "cache")).FullName);
        node.CacheRoot = node.Environment["HFMC_CACHE"];
        return (disk, node, hub, Publish(hub, Repo, ("model.bin", Weights)));
    }
}
