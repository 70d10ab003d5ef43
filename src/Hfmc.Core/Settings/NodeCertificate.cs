using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Hfmc.Core.Settings;

/// <summary>
/// A node's key pair (ECDSA on P-256) and the certificate that it signed for itself. What others know it by is the SHA-256 of the public
/// key: the rest of the certificate says nothing that anybody relies on, not even its dates.
/// </summary>
public sealed class NodeCertificate
{
    // What comes before the two coordinates in every public key of this kind: its algorithm, its curve, and "not compressed".
    static readonly byte[] s_keyHead = Convert.FromHexString("3059301306072a8648ce3d020106082a8648ce3d03010703420004");

    const int KeyBytes = 91;

    // Of a machine whose clock is wrong too, and for as long as it lives.
    static readonly DateTimeOffset s_from = DateTimeOffset.UnixEpoch, s_until = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    NodeCertificate(X509Certificate2 certificate, NodeId id) => (Certificate, Id) = (certificate, id);

    /// <summary>With its private key.</summary>
    public X509Certificate2 Certificate { get; }

    public NodeId Id { get; }

    public static NodeCertificate Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Read(new CertificateRequest("CN=hfmc", key, HashAlgorithmName.SHA256).CreateSelfSigned(s_from, s_until))
            ?? throw new InvalidOperationException("a key of P-256 was made and is none");
    }

    /// <summary>Null when the text does not hold such a key and its certificate.</summary>
    public static NodeCertificate? FromPem(string text)
    {
        try
        {
            return Read(X509Certificate2.CreateFromPem(text, text));
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>The private key too.</summary>
    public string ToPem()
    {
        using var key = Certificate.GetECDsaPrivateKey() ?? throw new InvalidOperationException("a node's certificate has its key");
        return $"{key.ExportPkcs8PrivateKeyPem()}\n{Certificate.ExportCertificatePem()}\n";
    }

    /// <summary>Whose certificate it is, if whoever shows it has its key; null when it is of another kind than nodes have.</summary>
    public static NodeId? IdOf(X509Certificate2 certificate)
    {
        try
        {
            return IdOfKey(certificate.PublicKey.ExportSubjectPublicKeyInfo());
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>The id of whoever has the private half of this key; null when it is no key on P-256.</summary>
    public static NodeId? IdOfKey(ReadOnlySpan<byte> key) =>
        key.Length is KeyBytes && key.StartsWith(s_keyHead) ? NodeId.Of(SHA256.HashData(key)) : null;

    /// <summary>How TLS looks at the certificates of nodes: no issuer is trusted, and nothing that a certificate names is fetched, whoever shows it.</summary>
    public static X509ChainPolicy JudgedByKeyAlone() => new()
    {
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
        TrustMode = X509ChainTrustMode.CustomRootTrust,
    };

    static NodeCertificate? Read(X509Certificate2 certificate)
    {
        if (!certificate.HasPrivateKey || IdOf(certificate) is not { } id)
            return null;
        // Windows uses no key for TLS that is only in memory.
        return new(OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null) : certificate, id);
    }
}
