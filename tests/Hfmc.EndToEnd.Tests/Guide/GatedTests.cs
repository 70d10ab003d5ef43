using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Hfmc.Core.Repos;
using Hfmc.EndToEnd.Tests.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Guide;

/// <summary>A gated repo: who logs in gets it, and the token goes to its home only.</summary>
public sealed class GatedTests : NodeTest
{
    const string Repo = "acme/gated", Token = "hf_secretsecretsecretsecretsecret";

    static readonly PatternContent Weights = new(3_000_000, seed: 10);

    FakeHub _hub = null!;
    CommitId _commit;

    public override async ValueTask InitializeAsync()
    {
        _hub = await HubAsync();
        _commit = Publish(_hub, Repo, ("config.json", BytesContent.Of("{}")), ("model.bin", Weights));
        _hub.Add(Repo).Allow(Token).Gated = true;
    }

    [Fact]
    public async Task Login_opens_it_logout_closes_it_and_storage_never_sees_the_token()
    {
        var node = Node("lone").At(_hub.Endpoint);
        var refused = (await node.RunAsync("model", "add", "-r", Repo)).Ended(4);
        await LoginAsync(node);
        var added = await node.AddAsync(Repo);
        var again = (await node.RunAsync("auth", "whoami")).Succeeded();
        (await node.RunAsync("auth", "logout")).Succeeded();
        var afterwards = (await node.RunAsync("model", "add", "-r", Repo, "--force", "--json")).Ended(4);

        Assert.Contains($"{Repo} is gated: accept its terms at {_hub.Endpoint}{Repo}, then run 'hfmc auth login'", refused.Stderr);
        Assert.Equal(added.Bytes, added.Hub);
        Assert.Equal(Weights.ToArray(), node.Read(Repo, _commit, "model.bin"));
        Assert.DoesNotContain(Token, again.ToString() + afterwards);
        Assert.Contains(_hub.Requests, request => request.Token == Token && request.Side is HubSide.Hub);
        Assert.DoesNotContain(_hub.Requests, request => request.Side is HubSide.Cdn && request.Authorization is not null);
        AssertTokenIsOnlyIn(node.Home);
    }

    [Fact]
    public async Task The_daemon_uses_the_commands_token_and_shows_the_repo_to_nobody()
    {
        var node = Node("lone").At(_hub.Endpoint);
        await LoginAsync(node);
        await node.StartDaemonAsync();
        var other = Node("other").With("HF_HUB_OFFLINE", "1").Knows(node.Port);
        await other.StartDaemonAsync();

        Assert.Equal(Weights.Size + 2, (await node.AddAsync(Repo)).Hub);

        (await other.RunAsync("model", "add", "-r", Repo, "--json")).Ended(5);
        using var http = new HttpClient();
        using var bytes = await http.GetAsync(new Uri(node.Endpoint, $"/peer/v1/blobs/{Weights.Sha256}"), Cancelled);
        Assert.Equal(HttpStatusCode.NotFound, bytes.StatusCode);
    }

    [Fact]
    public async Task With_the_mirror_first_the_hub_delivers_and_mirror_and_peers_see_no_token()
    {
        // The home of a token is https but for HF_ENDPOINT, which would be the only upstream: so the hub gets a TLS front, and a name as token host.
        using var certificate = MakeCertificate();
        var mirror = await HubAsync(new() { Content = _hub.Content });
        var direct = await HubAsync(new() { Content = _hub.Content, Style = HubStyle.Direct });
        var front = Keep(SlowLink.To(direct.Endpoint.Port, new() { Certificate = certificate }));
        var peer = await HubAsync(new() { Content = _hub.Content });
        var home = $"https://localhost:{front.Endpoint.Port}";
        var node = Node("lone").Without("HF_ENDPOINT").With("SSL_CERT_FILE", Place.File("ca.pem")).With("HF_TOKEN", Token)
            .Configured($$"""{ "sources": ["{{mirror.Endpoint.AbsoluteUri.TrimEnd('/')}}", "{{home}}"], "token-hosts": ["{{home}}"] }""")
            .Knows(peer.Endpoint.Port);
        await File.WriteAllTextAsync(Place.File("ca.pem"), certificate.ExportCertificatePem(), Cancelled);
        await node.StartDaemonAsync();

        await node.AddAsync(Repo);

        Assert.Equal(Weights.ToArray(), node.Read(Repo, _commit, "model.bin"));
        Assert.NotEmpty(mirror.Requests);
        Assert.NotEmpty(peer.Requests);
        Assert.All(mirror.Requests.Concat(peer.Requests), request => Assert.Null(request.Authorization));
        Assert.Equal(Weights.Size + 2, direct.BytesServed());
        Assert.Contains(direct.Requests, request => request.Token == Token);
        AssertTokenIsOnlyIn(node.Home, but: "nowhere");
    }

    [Fact]
    public async Task A_token_that_its_home_rejects_is_not_stored()
    {
        var node = Node("lone").At(_hub.Endpoint);

        var told = await node.Start("auth", "login", "--token", "-").Type("hf_wrongwrongwrongwrongwrong\n").EndAsync(Cancelled);

        Assert.Equal(4, told.ExitCode);
        Assert.False(File.Exists(Path.Combine(node.Home, ".cache", "huggingface", "token")));
    }

    [Fact]
    public async Task A_token_in_an_argument_is_refused_and_not_repeated()
    {
        var node = Node("lone").At(_hub.Endpoint);

        var told = (await node.RunAsync("auth", "login", "--token", "hf_shownToEverybody", "--json", "--verbose")).Ended(2);

        Assert.DoesNotContain("hf_shownToEverybody", told.Stdout + told.Stderr);
        Assert.Contains("replace it at https://huggingface.co/settings/tokens", told.Json.GetProperty("error").GetProperty("message").GetString());
        Assert.Empty(_hub.Requests);
    }

    async Task LoginAsync(HfmcNode node) =>
        (await node.Start("auth", "login", "--token", "-").Type(Token + "\n").EndAsync(Cancelled)).Succeeded();

    // Python's own places may have it; no log, state or setting of ours does.
    static void AssertTokenIsOnlyIn(string home, string but = "huggingface") => Assert.DoesNotContain(
        Directory.GetFiles(home, "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).Length is > 0 and < 1_000_000 && !file.Contains($"/.cache/{but}/", StringComparison.Ordinal)),
        file => File.ReadAllText(file).Contains(Token, StringComparison.Ordinal));

    static X509Certificate2 MakeCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
