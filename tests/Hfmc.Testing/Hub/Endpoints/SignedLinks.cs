using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Hfmc.Core.Repos;

namespace Hfmc.Testing;

/// <summary>Addresses on the content network that carry their own permission: a time and a signature over path and time.</summary>
sealed class SignedLinks(TimeProvider time, TimeSpan lifetime)
{
    readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    readonly ConcurrentDictionary<string, FakeFile> _files = new(StringComparer.Ordinal);

    public static Answer Denied => Answer.Text(HttpStatusCode.Forbidden,
        """<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code><Message>Access denied</Message></Error>""", "application/xml");

    /// <summary>Path and query of a link to the file.</summary>
    public string Sign(RepoId repo, FakeFile file)
    {
        var place = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes($"{repo} {file.Path}")))[..24];
        var path = $"/xet-bridge-us/{place}/{file.ETag}";
        _files[path] = file;
        var expires = (time.GetUtcNow() + lifetime).ToUnixTimeSeconds();
        var name = Uri.EscapeDataString($"inline; filename=\"{file.Path.Text.Split('/')[^1]}\";");
        return $"{path}?response-content-disposition={name}&Expires={expires}&Signature={Signature(path, expires)}&Key-Pair-Id=FAKE";
    }

    /// <summary>The file behind a link, as a route: faults go by its path in the repo.</summary>
    public HubRoute RouteOf(Target target) =>
        Find(target) is { } file ? new("resolve", Path: file.Path.Text) : HubRoute.Unknown;

    public FakeFile? Find(Target target) => _files.GetValueOrDefault(target.RawPath);

    public bool IsValid(Target target) =>
        long.TryParse(target.Value("Expires"), CultureInfo.InvariantCulture, out var expires)
        && target.Value("Signature") == Signature(target.RawPath, expires)
        && time.GetUtcNow().ToUnixTimeSeconds() < expires;

    string Signature(string path, long expires) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{path} {expires}")));
}
