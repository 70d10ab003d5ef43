using System.Numerics;
using System.Security.Cryptography;

namespace Hfmc.Core.Peers;

/// <summary>
/// What makes machines a cluster: a secret of 128 bits, which the join code is, and the signing key that follows from it. Whoever has the
/// code is the cluster as much as any other. Safe for several threads.
/// </summary>
public sealed class ClusterKey
{
    const int SecretBytes = 16, CheckBytes = 4, GroupLetters = 4;

    const string Letters = "abcdefghijklmnopqrstuvwxyz234567";

    // The order of P-256: a private key is a number from 1 to one less.
    static readonly BigInteger s_order = BigInteger.Parse("0FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551", System.Globalization.NumberStyles.HexNumber, null);

    readonly byte[] _secret;
    readonly ECDsa _key;
    readonly Lock _lock = new();

    ClusterKey(byte[] secret) => (_secret, _key, Id) = (secret, Derive(secret), Convert.ToHexStringLower(SHA256.HashData([.. "hfmc cluster id 1"u8, .. secret])));

    /// <summary>Tells clusters apart; says nothing of the secret.</summary>
    public string Id { get; }

    /// <summary>What the join code is asked for as.</summary>
    public const string Wanted = "a join code: 32 letters and digits, as 'hfmc cluster new' printed it";

    public static ClusterKey New() => new(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>The secret, to be typed on other machines: groups of four letters and digits, the last of which tell a slip of the finger.</summary>
    public string Code
    {
        get
        {
            byte[] bytes = [.. _secret, .. Check(_secret)];
            var text = new System.Text.StringBuilder();
            for (var at = 0; at < 8 * bytes.Length; at += 5)
            {
                if (at > 0 && at / 5 % GroupLetters is 0)
                    text.Append('-');
                text.Append(Letters[((bytes[at / 8] << 8 | (at / 8 + 1 < bytes.Length ? bytes[at / 8 + 1] : 0)) >> (11 - at % 8)) & 31]);
            }
            return text.ToString();
        }
    }

    /// <summary>Reads a code, however it is grouped and whatever its case; null when it is none, or mistyped.</summary>
    public static ClusterKey? Parse(string? code)
    {
        var letters = (code ?? "").Where(letter => letter is not ('-' or ' ')).Select(char.ToLowerInvariant).ToList();
        if (letters.Count is not (8 * (SecretBytes + CheckBytes) / 5) || letters.Exists(letter => !Letters.Contains(letter)))
            return null;
        var bytes = new byte[SecretBytes + CheckBytes];
        for (var at = 0; at < letters.Count; at++)
            for (var bit = 0; bit < 5; bit++)
                if ((Letters.IndexOf(letters[at]) >> (4 - bit) & 1) is 1)
                    bytes[(5 * at + bit) / 8] |= (byte)(0x80 >> (5 * at + bit) % 8);
        var secret = bytes[..SecretBytes];
        return Check(secret).AsSpan().SequenceEqual(bytes.AsSpan(SecretBytes)) ? new(secret) : null;
    }

    /// <summary>64 bytes.</summary>
    public byte[] Sign(ReadOnlySpan<byte> content)
    {
        lock (_lock)
            return _key.SignData(content, HashAlgorithmName.SHA256);
    }

    public bool HasSigned(ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature)
    {
        lock (_lock)
            return _key.VerifyData(content, signature, HashAlgorithmName.SHA256);
    }

    static byte[] Check(byte[] secret) => SHA256.HashData([.. "hfmc join code 1"u8, .. secret])[..CheckBytes];

    static ECDsa Derive(byte[] secret)
    {
        // 16 bytes more than the order has: what the remainder prefers is then nothing that anybody could use.
        var wide = HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 48, info: "hfmc cluster key 1"u8.ToArray());
        var number = new BigInteger(wide, isUnsigned: true, isBigEndian: true) % (s_order - 1) + 1;
        var d = new byte[32];
        var digits = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        digits.CopyTo(d.AsSpan(d.Length - digits.Length));
        return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = d });
    }
}
