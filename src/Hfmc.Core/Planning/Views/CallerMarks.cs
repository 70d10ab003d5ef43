using System.Security.Cryptography;
using System.Text;

namespace Hfmc.Core.Planning;

/// <summary>
/// Names callers in the memory of this process without keeping their tokens: by an HMAC with a key that nobody else has. So what was
/// answered to one is never found for another.
/// </summary>
sealed class CallerMarks
{
    readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>The mark of a question without a token. It holds the way of the question, because an answer that waits for itself never comes.</summary>
    public static string OfStranger(ViewCaller caller) => $"/{caller.Via}";

    /// <summary>The mark of a question with the caller's token; a stranger's when he has none.</summary>
    public string Of(ViewCaller caller) => caller.Token is { } token
        ? $"{Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(token.Reveal())))}/{caller.Via}"
        : OfStranger(caller);
}
