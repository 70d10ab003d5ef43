using System.Security.Cryptography;
using System.Text;

namespace Hfmc.Testing;

/// <summary>Faults that change the headers of a right answer.</summary>
static class HeaderFaults
{
    static readonly string[] ETags = ["ETag", "X-Linked-ETag"];

    public static void Strike(FaultList faults, HubRequest request, Answer answer)
    {
        if (answer.Headers.ContainsKey("ETag") || answer.Headers.ContainsKey("X-Linked-ETag"))
            foreach (var _ in faults.Strike(request, FaultKind.WrongETag))
                foreach (var name in ETags)
                    if (answer.Headers.TryGetValue(name, out var right))
                        answer.Headers[name] = Other(right);

        foreach (var fault in faults.Strike(request, FaultKind.MissingHeader))
            answer.Headers.Remove(fault.Header ?? throw new InvalidOperationException("this fault wants a Header"));
    }

    /// <summary>Another well-formed value of the same length, quotes included.</summary>
    public static string Other(string etag) =>
        '"' + Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(etag)))[..(etag.Length - 2)] + '"';
}
