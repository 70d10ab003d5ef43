using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Hfmc.Core.Peers;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;
using Hfmc.Testing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Hfmc.Daemon.Tests.Access;

/// <summary>One port, in the clear and over TLS, and who is known again by which key.</summary>
public sealed class TlsTests : IDisposable
{
    readonly TempFolder _folder = new();

    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task One_port_speaks_TLS_and_plain_HTTP_and_is_the_same_node_on_both()
    {
        await using var daemon = await DaemonRig.StartAsync();
        var asker = new Asker(_folder);
        using var secure = await HandshakeAsync(daemon.Address, asker.Self);

        var plain = await asker.In(TlsChoice.Off).HelloAsync(daemon.Address, Cancelled);
        var hello = await asker.In(TlsChoice.Always).HelloAsync(daemon.Address, Cancelled);

        Assert.Equal(SslProtocols.Tls13, secure.SslProtocol);
        Assert.Equal(plain.Node, NodeCertificate.IdOf((X509Certificate2)secure.RemoteCertificate!)?.Text);
        Assert.Equal((plain.Node, "restricted"), (hello.Node, hello.Tls));
    }

    [Fact]
    public async Task A_daemon_without_TLS_says_so_and_takes_a_handshake_for_what_is_no_request()
    {
        await using var daemon = await DaemonRig.StartAsync(tls: "off");
        var asker = new Asker(_folder);

        Assert.Equal("off", (await asker.In(TlsChoice.Restricted).HelloAsync(daemon.Address, Cancelled)).Tls);
        var error = await Assert.ThrowsAsync<SourceException>(() => asker.In(TlsChoice.Always).HelloAsync(daemon.Address, Cancelled));
        Assert.StartsWith($"peer {daemon.Address} does not speak TLS as hfmc does", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("restricted", TlsChoice.Always)]
    [InlineData("always", TlsChoice.Restricted)]
    [InlineData("always", TlsChoice.Always)]
    public async Task What_is_public_goes_over_TLS_when_either_side_wants_that(string tls, TlsChoice choice)
    {
        await using var daemon = await DaemonRig.StartAsync(tls: tls);
        daemon.Put("acme/open", isPublic: true, ("a.bin", BytesContent.Of("open")));
        var client = new Asker(_folder).In(choice);

        await client.HelloAsync(daemon.Address, Cancelled);
        var found = await client.FindAsync(daemon.Address, RepoId.Parse("acme/open"), Revision.Main, Cancelled);

        Assert.Equal("a.bin", Assert.Single(found!.Snapshot.Files).Path.Text);
        if (tls is "always")
            Assert.Equal(HttpStatusCode.UpgradeRequired, (await daemon.GetAsync("/peer/v1/snapshot?repo=models/acme/open&revision=main")).StatusCode);
    }

    [Fact]
    public async Task A_peer_of_the_book_is_pinned_at_first_contact_and_another_key_is_refused_until_it_is_replaced()
    {
        await using var daemon = await DaemonRig.StartAsync();
        var asker = new Asker(_folder);
        asker.Book.Add(daemon.Address);
        var client = asker.In(TlsChoice.Restricted);

        var hello = await client.HelloAsync(daemon.Address, Cancelled);
        Assert.Equal(hello.Node, asker.Pins.Of(daemon.Address)?.Text);

        var other = NodeId.New();
        asker.Pins.Set(daemon.Address, other);
        foreach (var choice in (TlsChoice[])[TlsChoice.Off, TlsChoice.Restricted, TlsChoice.Always])
        {
            var refused = await Assert.ThrowsAsync<SourceException>(() => asker.In(choice).HelloAsync(daemon.Address, Cancelled));
            Assert.Equal((SourceFault.Lied, true), (refused.Fault, refused.SaysWhatToDo));
            Assert.Equal($"peer {daemon.Address} has another key than when it was added: it was node {other.Short} and is {hello.Node[..8]}; "
                + $"if that machine was set up anew, run 'hfmc peer add {daemon.Address} --replace-key'", refused.Message);
        }

        asker.Pins.Forget(daemon.Address);
        await client.HelloAsync(daemon.Address, Cancelled);
        Assert.Equal(hello.Node, (await asker.In(TlsChoice.Always).HelloAsync(daemon.Address, Cancelled)).Node);
    }

    [Fact]
    public async Task Who_is_not_in_the_book_is_not_pinned()
    {
        await using var daemon = await DaemonRig.StartAsync();
        var asker = new Asker(_folder);

        await asker.In(TlsChoice.Restricted).HelloAsync(daemon.Address, Cancelled);

        Assert.Null(asker.Pins.Of(daemon.Address));
    }

    [Fact]
    public async Task Who_says_that_it_is_another_node_is_not_believed()
    {
        await using var honest = await DaemonRig.StartAsync();
        var asker = new Asker(_folder);
        var victim = (await asker.In(TlsChoice.Off).HelloAsync(honest.Address, Cancelled)).Node;
        // It passes on all that the other says, and shows a key of its own.
        await using var impostor = await TlsServer.StartAsync(PassOn(honest), Cancelled);
        asker.Book.Add(impostor.Address);

        var error = await Assert.ThrowsAsync<SourceException>(() => asker.In(TlsChoice.Restricted).HelloAsync(impostor.Address, Cancelled));

        Assert.Equal(SourceFault.Lied, error.Fault);
        Assert.Contains($"it was node {victim[..8]} and is {impostor.Self.Id.Short}", error.Message, StringComparison.Ordinal);
        Assert.Null(asker.Pins.Of(impostor.Address));
    }

    [Fact]
    public async Task A_connection_to_one_node_is_not_used_for_another_at_the_same_address()
    {
        await using var daemon = await DaemonRig.StartAsync();
        var asker = new Asker(_folder);
        var trust = asker.Trust(TlsChoice.Always);
        var client = asker.With(trust);
        var hello = await client.HelloAsync(daemon.Address, Cancelled);
        Assert.Null(await client.FindAsync(daemon.Address, RepoId.Parse("acme/none"), Revision.Main, Cancelled));

        trust.Hear(daemon.Address, NodeId.New(), "always");

        var error = await Assert.ThrowsAsync<SourceException>(() => client.FindAsync(daemon.Address, RepoId.Parse("acme/none"), Revision.Main, Cancelled));
        Assert.Contains($"and is {hello.Node[..8]}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x16 })]
    [InlineData(new byte[] { 0x16, 0x03, 0x01, 0xFF, 0xFF, 0x01 })]
    [InlineData(new byte[] { 0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0x00 })]
    public async Task What_begins_like_a_handshake_and_is_none_costs_its_sender_the_connection(byte[] bytes)
    {
        await using var daemon = await DaemonRig.StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, daemon.Address.Port, Cancelled);
        var stream = socket.GetStream();
        await stream.WriteAsync(bytes, Cancelled);
        socket.Client.Shutdown(SocketShutdown.Send);

        // An alert or an answer may come before the end, which may be a reset.
        await Record.ExceptionAsync(() => stream.CopyToAsync(Stream.Null, Cancelled));

        Assert.Equal(HttpStatusCode.OK, (await daemon.GetAsync("/peer/v1/hello")).StatusCode);
    }

    static RequestDelegate PassOn(DaemonRig honest) => async context =>
    {
        using var answer = await honest.Http.GetAsync(new Uri($"{context.Request.Path}{context.Request.QueryString}", UriKind.Relative), context.RequestAborted);
        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = "application/json";
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    };

    static async Task<SslStream> HandshakeAsync(PeerAddress peer, NodeCertificate self)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(peer.Host, peer.Port, Cancelled);
        var secure = new SslStream(socket.GetStream());
        await secure.AuthenticateAsClientAsync(new()
        {
            TargetHost = "hfmc",
            ClientCertificateContext = SslStreamCertificateContext.Create(self.Certificate, null, offline: true),
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is X509Certificate2 theirs && NodeCertificate.IdOf(theirs) is not null,
        }, Cancelled);
        return secure;
    }

    /// <summary>A machine that asks, with a home of its own.</summary>
    sealed class Asker
    {
        readonly HomePaths _home;

        public Asker(TempFolder folder)
        {
            _home = HomePaths.From(new(new Dictionary<string, string> { ["HOME"] = folder.Folder("asker"), ["HFMC_MACHINE_ID"] = "asker" }));
            (Self, Book, Pins) = (new NodeIdentity(_home).ReadOrCreate(), new(_home), new(_home));
        }

        public NodeCertificate Self { get; }

        public PeerBook Book { get; }

        public PeerPins Pins { get; }

        public PeerTrust Trust(TlsChoice choice) => new(Self, choice, _home, TimeProvider.System);

        public PeerClient With(PeerTrust trust) => new(PeerClient.CreateTransport(Self), TimeProvider.System, Self.Id, trust);

        public PeerClient In(TlsChoice choice) => With(Trust(choice));
    }
}
