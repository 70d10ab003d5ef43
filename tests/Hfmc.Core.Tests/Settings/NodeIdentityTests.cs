using Hfmc.Core.Settings;
using Xunit;

namespace Hfmc.Core.Tests.Settings;

public sealed class NodeIdentityTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void The_id_is_made_once_and_kept()
    {
        var id = Identity("here").ReadOrCreate();

        Assert.Matches("^[0-9a-f]{64}$", id.Text);
        Assert.Equal(id, Identity("here").ReadOrCreate());
        Assert.Equal(TestEnvironment.FileOfOwner, TestEnvironment.Mode(Identity("here").Path));
    }

    [Fact]
    public void Two_machines_on_one_home_are_two_nodes()
    {
        Assert.NotEqual(Identity("first").ReadOrCreate(), Identity("second").ReadOrCreate());
        Assert.NotEqual(Identity("first").Path, Identity("second").Path);
    }

    [Fact]
    public async Task Those_who_come_first_together_get_one_id()
    {
        using var start = new Barrier(8);
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return Identity("here").ReadOrCreate();
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Single(ids.Distinct());
        Assert.Equal([Identity("here").Path], Directory.GetFiles(_temp.At(".hfmc", "nodes", "here")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{ "id": 7 }""")]
    [InlineData("""{ "id": "ABC" }""")]
    public void A_file_without_an_id_is_named_and_kept(string text)
    {
        var path = _temp.File(".hfmc/nodes/here/node.json", text);

        Assert.StartsWith($"{path} does not hold a node id", Assert.Throws<InputException>(() => Identity("here").ReadOrCreate()).Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(path));
    }

    [Fact]
    public void Members_of_a_later_version_are_skipped()
    {
        var id = NodeId.New();
        _temp.File(".hfmc/nodes/here/node.json", $$"""{ "id": "{{id}}", "certificate": {} }""");

        Assert.Equal(id, Identity("here").ReadOrCreate());
    }

    [Fact]
    public void A_home_that_cannot_be_written_is_a_failure_of_the_disk()
    {
        _temp.File(".hfmc", "a file");

        Assert.StartsWith("cannot write ", Assert.Throws<DiskException>(() => Identity("here").ReadOrCreate()).Message, StringComparison.Ordinal);
    }

    NodeIdentity Identity(string machine) => new(HomePaths.From(TestEnvironment.In(_temp, ("HFMC_MACHINE_ID", machine))));
}
