using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Hfmc.Testing;

/// <summary>Certificates of servers on loopback, signed by themselves.</summary>
public static class TestCertificate
{
    /// <param name="name">The host that it is for.</param>
    /// <param name="from">When it begins to be good, from now on.</param>
    /// <param name="until">When it ends.</param>
    public static X509Certificate2 For(string name, TimeSpan from, TimeSpan until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now + from, now + until);
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    public static X509Certificate2 For(string name) => For(name, TimeSpan.FromDays(-1), TimeSpan.FromDays(1));
}
