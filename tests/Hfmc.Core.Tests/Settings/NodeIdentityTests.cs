using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hfmc.Core.Settings;
using Xunit;

namespace Hfmc.Core.Tests.Settings;

public sealed class NodeIdentityTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void All_folders_on_the_way_to_the_key_are_their_owners_alone()
    {
        var home = HomePaths.From(TestEnvironment.In(_temp, ("HFMC_HOME", _temp.At("new", "home"))));

        new NodeIdentity(home).ReadOrCreate();

        Assert.All((string[])[home.NodeFolder, Path.GetDirectoryName(home.NodeFolder)!, home.Home, _temp.At("new")],
            folder => Assert.Equal(TestEnvironment.FolderOfOwner, TestEnvironment.Mode(folder)));
    }

    [Fact]
    public void The_key_is_made_once_and_kept_for_its_owner_alone()
    {
        var id = Identity("here").ReadOrCreate().Id;

        Assert.Matches("^[0-9a-f]{64}$", id.Text);
        Assert.Equal(id, Identity("here").ReadOrCreate().Id);
        Assert.Equal(TestEnvironment.FileOfOwner, TestEnvironment.Mode(Identity("here").Path));
    }

    [Fact]
    public void Two_machines_on_one_home_are_two_nodes()
    {
        Assert.NotEqual(Identity("first").ReadOrCreate().Id, Identity("second").ReadOrCreate().Id);
        Assert.NotEqual(Identity("first").Path, Identity("second").Path);
    }

    [Fact]
    public async Task Those_who_come_first_together_get_one_key()
    {
        using var start = new Barrier(8);
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return Identity("here").ReadOrCreate().Id;
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        Assert.Single(ids.Distinct());
        Assert.Equal([Identity("here").Path], Directory.GetFiles(_temp.At(".hfmc", "nodes", "here")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    public void A_file_without_a_key_is_named_and_kept(string text)
    {
        var path = _temp.File(".hfmc/nodes/here/node.pem", text);

        Assert.StartsWith($"{path} does not hold a node's key", Assert.Throws<InputException>(() => Identity("here").ReadOrCreate()).Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(path));
    }

    [Fact]
    public void An_id_of_an_earlier_version_is_replaced_once_and_told()
    {
        var former = NodeId.New();
        var path = _temp.File(".hfmc/nodes/here/node.json", $$"""{ "id": "{{former}}" }""");
        var first = Identity("here");

        var id = first.ReadOrCreate().Id;

        Assert.Equal(former, first.Replaced);
        Assert.False(File.Exists(path));
        var second = Identity("here");
        Assert.Equal(id, second.ReadOrCreate().Id);
        Assert.Null(second.Replaced);
    }

    [Fact]
    public void The_id_is_the_digest_of_the_public_key()
    {
        var node = Identity("here").ReadOrCreate();

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(node.Certificate.PublicKey.ExportSubjectPublicKeyInfo())), node.Id.Text);
        Assert.Equal(node.Id, NodeCertificate.FromPem(node.ToPem())?.Id);
    }

    [Fact]
    public void Other_kinds_of_keys_are_no_nodes()
    {
        using var rsa = RSA.Create(2048);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        CertificateRequest[] others = [new("CN=hfmc", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), new("CN=hfmc", curve, HashAlgorithmName.SHA256)];

        Assert.All(others, other => Assert.Null(NodeCertificate.IdOf(other.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(99)))));
    }

    [Fact]
    public void A_home_that_cannot_be_written_is_a_failure_of_the_disk()
    {
        _temp.File(".hfmc", "a file");

        Assert.StartsWith("cannot write ", Assert.Throws<DiskException>(() => Identity("here").ReadOrCreate()).Message, StringComparison.Ordinal);
    }

    NodeIdentity Identity(string machine) => new(HomePaths.From(TestEnvironment.In(_temp, ("HFMC_MACHINE_ID", machine))));
}
