using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Hfmc.Core.Hub;

/// <summary>Why a server's certificate is not taken, in words that say what to do. Thrown out of the handshake, whose own exceptions say less.</summary>
sealed class CertificateProblem(string host, string message) : Exception(message)
{
    const string Day = "yyyy-MM-dd";

    /// <summary>Whose certificate it is: the upstream's, or that of a proxy.</summary>
    public string Host { get; } = host;

    /// <summary>For <see cref="SslClientAuthenticationOptions.RemoteCertificateValidationCallback"/>.</summary>
    /// <exception cref="CertificateProblem">It is not good.</exception>
    public static bool Judge(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        var host = (sender as SslStream)?.TargetHostName ?? "the server";
        if (errors is not SslPolicyErrors.None)
            throw new CertificateProblem(host, certificate is X509Certificate2 shown ? Why(host, shown, chain, errors) : $"{host} shows no certificate");
        return errors is SslPolicyErrors.None;
    }

    static string Why(string host, X509Certificate2 shown, X509Chain? chain, SslPolicyErrors errors)
    {
        var found = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (flags, status) => flags | status.Status) ?? X509ChainStatusFlags.NoError;
        // The chain is judged by the clock of this machine, so that is the one to tell.
        var clock = chain?.ChainPolicy.VerificationTime is { Year: > 1 } at ? at.ToUniversalTime() : TimeProvider.System.GetUtcNow().UtcDateTime;
        if (found.HasFlag(X509ChainStatusFlags.NotTimeValid))
            return clock < shown.NotBefore.ToUniversalTime()
                ? $"the certificate of {host} is good from {shown.NotBefore.ToUniversalTime().ToString(Day)} on, and this machine's clock says {clock.ToString(Day)}: set the clock right"
                : $"the certificate of {host} ended on {shown.NotAfter.ToUniversalTime().ToString(Day)}, and this machine's clock says {clock.ToString(Day)}: set the clock right if it is wrong, else its owner must renew the certificate";
        if (found.HasFlag(X509ChainStatusFlags.Revoked))
            return $"the certificate of {host} has been revoked: use another source ('hfmc conf sources set URL')";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return $"the certificate shown for {host} is for {NamesOf(shown)}: correct the address, or log in to the network in a browser if it asks for that";
        return $"the certificate of {host} is signed by {Quote(shown.GetNameInfo(X509NameType.SimpleName, forIssuer: true))}, which this machine does not trust:"
            + " if your organisation signs it, name its certificate file (PEM) in SSL_CERT_FILE";
    }

    static string NamesOf(X509Certificate2 shown) =>
        Quote(string.Join(", ", shown.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames()).Take(3)) is { Length: > 0 } names
            ? names
            : shown.GetNameInfo(X509NameType.SimpleName, forIssuer: false));

    // A stranger wrote it.
    static string Quote(string text) => $"'{string.Concat(text.Take(100).Select(c => c is >= ' ' and <= '~' ? c : '?'))}'";
}
