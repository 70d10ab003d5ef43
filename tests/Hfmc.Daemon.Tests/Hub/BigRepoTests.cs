using System.Text.Json.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Hub;

/// <summary>One file of a repo with a list of many pages, through the daemon.</summary>
public sealed class BigRepoTests : HubTest
{
    private protected override FakeHubOptions Options => new() { PageSize = 100 };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Upstream.Add("acme/big").Commit(Enumerable.Range(0, 1500).ToDictionary(number => $"part-{number:D4}.bin", BitConverter.GetBytes));
    }

    [Fact]
    public async Task A_file_comes_before_any_list()
    {
        var answer = await AskAsync("/acme/big/resolve/main/part-0007.bin");

        Assert.Equal((200, "\u0007\0\0\0"), (answer.Status, answer.Body));
        Assert.Equal((1, 1, 0), (Asked("/api/models/acme/big/revision"), Asked("/paths-info/"), Asked("/tree/")));
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_not_found_without_a_list()
    {
        var answer = await AskAsync("/acme/big/resolve/main/none.bin");

        Assert.Equal((404, "EntryNotFound"), (answer.Status, answer.Code));
        Assert.Equal(0, Asked("/tree/"));
    }

    [Fact]
    public async Task What_was_asked_for_by_name_is_not_taken_for_all_and_is_given_offline()
    {
        await AskAsync("/acme/big/resolve/main/part-0007.bin");
        await Upstream.StopAsync();

        Assert.Equal(200, (await AskAsync("/acme/big/resolve/main/part-0007.bin")).Status);
        Assert.Equal(404, (await AskAsync("/acme/big/resolve/main/part-0008.bin")).Status);
        Assert.Equal(404, (await AskAsync("/api/models/acme/big/tree/main")).Status);
    }

    [Fact]
    public async Task The_whole_list_is_had_after_a_part_of_it()
    {
        await AskAsync("/acme/big/resolve/main/part-0007.bin");

        Assert.Equal(1500, (await AskAsync("/api/models/acme/big/tree/main?recursive=true")).Json.AsArray().Count);
        Assert.Equal(1500, (await AskAsync("/api/models/acme/big?blobs=true")).Json["siblings"]!.AsArray().Count);
    }
}
