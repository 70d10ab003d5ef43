using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Hfmc.Core.Settings;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Hfmc.Daemon.Access;

/// <summary>
/// One port for both: a connection whose first byte is that of a TLS handshake is one, any other speaks HTTP in the clear. Whoever asks over
/// TLS may show a certificate; it is taken when it is of the kind that nodes have, and then proves which node asks.
/// </summary>
sealed class TlsDoor(NodeCertificate self, TimeProvider time)
{
    const byte Handshake = 0x16;

    // As long as a connection may be idle between two requests: some open one that they do not need after all.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(130), HandshakePatience = TimeSpan.FromSeconds(5);

    readonly SslServerAuthenticationOptions _options = new()
    {
        // Without looking for what issued it: it has issued itself.
        ServerCertificateContext = SslStreamCertificateContext.Create(self.Certificate, additionalCertificates: null, offline: true),
        EnabledSslProtocols = SslProtocols.Tls13,
        ClientCertificateRequired = true,
        AllowTlsResume = false,
        CertificateChainPolicy = NodeCertificate.JudgedByKeyAlone(),
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is null || (certificate is X509Certificate2 theirs && NodeCertificate.IdOf(theirs) is not null),
    };

    public void Open(ListenOptions listen)
    {
        // Built from the last to the first: what comes after the handshake is known when the choice is made.
        ConnectionDelegate? plain = null;
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => connection => ChooseAsync(connection, next, plain ?? next));
        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(_options), HandshakeTimeout = HandshakePatience });
        listen.Use(next => plain = next);
    }

    async Task ChooseAsync(ConnectionContext connection, ConnectionDelegate tls, ConnectionDelegate plain)
    {
        if (await FirstByteAsync(connection) is { } first)
            await (first is Handshake ? tls : plain)(connection);
    }

    // Null when the caller has left, the daemon ends, or nothing comes.
    async Task<byte?> FirstByteAsync(ConnectionContext connection)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, connection.ConnectionClosed,
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default);
        try
        {
            var read = await connection.Transport.Input.ReadAsync(either.Token);
            byte? first = read.Buffer.IsEmpty ? null : read.Buffer.Slice(0, 1).FirstSpan[0];
            // Seen, not taken: it belongs to whoever reads next.
            connection.Transport.Input.AdvanceTo(read.Buffer.Start);
            return first;
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            return null;
        }
    }
}
