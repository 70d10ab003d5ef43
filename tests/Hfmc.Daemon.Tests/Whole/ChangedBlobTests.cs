using System.Net;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Whole;

/// <summary>Bytes that have changed since they were put here: no client completes a wrong file, and no peer is offered one.</summary>
public sealed class ChangedBlobTests
{
    const string Weights = "weights/model.bin";

    static readonly FileContent Content = WholeModel.Files[Weights];

    [Fact]
    public async Task A_client_that_reads_a_changed_file_is_cut_off_before_its_end_and_gets_the_right_one_next()
    {
        await using var model = await ReadAsync();
        File.WriteAllBytes(BlobOf(model), new byte[Content.Size]);

        await Assert.ThrowsAsync<HttpRequestException>(() => model.AskAsync($"/{WholeModel.Name}/resolve/main/{Weights}"));

        var again = await model.AskAsync($"/{WholeModel.Name}/resolve/main/{Weights}");
        Assert.Equal(Content.ToArray(), again.Body);
        // It gets its name a moment after its last byte has left.
        while (!(await File.ReadAllBytesAsync(BlobOf(model), WholeModel.Cancelled)).AsSpan().SequenceEqual(Content.ToArray()))
            await Task.Delay(20, WholeModel.Cancelled);
    }

    [Fact]
    public async Task Bytes_before_the_end_are_sent_at_once_and_are_not_given_out_in_whole_by_ranges_either()
    {
        await using var model = await ReadAsync();
        File.WriteAllBytes(BlobOf(model), new byte[Content.Size]);

        var begin = await model.AskAsync($"/{WholeModel.Name}/resolve/main/{Weights}", headers: ("Range", "bytes=0-99"));
        Assert.Equal(new byte[100], begin.Body);
        var end = ("Range", $"bytes={Content.Size - FileReading.Tail}-{Content.Size - 1}");
        try
        {
            Assert.Equal(Content.ToArray(Content.Size - FileReading.Tail, FileReading.Tail), (await model.AskAsync($"/{WholeModel.Name}/resolve/main/{Weights}", headers: end)).Body);
        }
        catch (HttpRequestException)
        {
            // Cut off: its digest was not known yet.
        }
    }

    [Fact]
    public async Task A_file_with_a_new_time_and_its_own_bytes_is_sent_in_whole_and_trusted_from_then_on()
    {
        await using var model = await ReadAsync();
        var served = model.Hub.BytesServed();
        File.SetLastWriteTimeUtc(BlobOf(model), DateTime.UtcNow.AddHours(-1));

        for (var time = 0; time < 3; time++)
            Assert.Equal(Content.ToArray(), (await model.AskAsync($"/{WholeModel.Name}/resolve/main/{Weights}")).Body);

        Assert.Equal(served, model.Hub.BytesServed());
        Assert.Equal(HttpStatusCode.OK, (await model.AskAsync($"/peer/v1/blobs/{Content.Sha256}")).Status);
    }

    [Fact]
    public async Task A_small_file_that_changed_is_never_sent()
    {
        await using var model = await ReadAsync();
        File.WriteAllBytes(BlobOf(model, "config.json"), "[]"u8);

        Assert.Equal("{}"u8.ToArray(), (await model.AskAsync($"/{WholeModel.Name}/resolve/main/config.json")).Body);
    }

    [Fact]
    public async Task Offline_a_changed_file_is_not_here()
    {
        await using var model = await ReadAsync();
        await model.GoOfflineAsync();
        File.WriteAllBytes(BlobOf(model, "config.json"), "[]"u8);

        Assert.Equal(HttpStatusCode.NotFound, (await model.AskAsync($"/{WholeModel.Name}/resolve/main/config.json")).Status);
    }

    [Fact]
    public async Task Peers_are_not_offered_a_changed_blob_and_are_again_when_it_was_only_touched()
    {
        await using var model = await ReadAsync();
        File.WriteAllBytes(BlobOf(model, "config.json"), "[]"u8);
        File.SetLastWriteTimeUtc(BlobOf(model), DateTime.UtcNow.AddHours(-1));

        Assert.Equal(HttpStatusCode.NotFound, (await model.AskAsync($"/peer/v1/blobs/{WholeModel.Files["config.json"].GitSha1}")).Status);
        while ((await model.AskAsync($"/peer/v1/blobs/{Content.Sha256}")).Status is not HttpStatusCode.OK)
            await Task.Delay(20, WholeModel.Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, (await model.AskAsync($"/peer/v1/blobs/{WholeModel.Files["config.json"].GitSha1}")).Status);
    }

    static async Task<WholeModel> ReadAsync()
    {
        var model = await WholeModel.StartAsync();
        foreach (var path in (string[])[Weights, "config.json"])
        {
            await model.AskAsync($"/{WholeModel.Name}/resolve/main/{path}");
            while (model.Daemon.Records.Read(model.Repo.Id, model.Commit)?.Files.Any(file => file.Ours && file.File.Path == FilePath.Parse(path)) is not true)
                await Task.Delay(20, WholeModel.Cancelled);
        }
        return model;
    }

    static string BlobOf(WholeModel model, string path = Weights) =>
        model.Daemon.Cache.Repo(model.Repo.Id).BlobFile(path is Weights ? Content.Sha256 : WholeModel.Files[path].GitSha1);
}
