using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Hfmc.Core.Platform;

namespace Hfmc.Daemon.Serving.Xet;

/// <summary>
/// Signs the links that clients get bytes of xorbs with: whoever holds one may read what it names until it ends, and nothing else. The key
/// is of this process alone, so no link outlives it.
/// </summary>
sealed class XorbLinks(TimeProvider time)
{
    /// <summary>How long a link is good. A client that is refused asks for the file again, and gets new ones.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    // Of the target of a request; Kestrel takes none that is longer.
    const int Longest = 8 << 10;

    const string Signature = "&Signature=";

    readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>The path and query of a link that is good from now on.</summary>
    public string Sign(XorbLink link)
    {
        var text = link.Write(time.Steady() + Life);
        return $"{text}{Signature}{Base64Url.EncodeToString(Digest(text))}";
    }

    /// <summary>What the target of a request names; null unless it was signed here, as it stands, and is still good.</summary>
    public XorbLink? Read(string rawTarget)
    {
        if (rawTarget.Length > Longest || rawTarget.LastIndexOf(Signature, StringComparison.Ordinal) is not (> 0 and var at))
            return null;
        var (text, signature) = (rawTarget[..at], Encoding.UTF8.GetBytes(rawTarget[(at + Signature.Length)..]));
        var isOurs = CryptographicOperations.FixedTimeEquals(signature, Encoding.UTF8.GetBytes(Base64Url.EncodeToString(Digest(text))));
        return isOurs && XorbLink.Read(text) is var (link, ends) && time.Steady() < ends ? link : null;
    }

    byte[] Digest(string text) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text));
}
