using System.Text;
using System.Text.RegularExpressions;

namespace Hfmc.Testing;

/// <summary>Makes something wrong of something right, as a defect or a liar would.</summary>
public static partial class Mutation
{
    static readonly string[] s_values =
    [
        "null", "true", "0", "-1", "1", "65536", "2147483648", "4294967296", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "1e999", "1.5", "NaN",
        "\"\"", "\"\\ud800\"", "\"\\u0000\"", "\"../../x\"", "\"_____w\"", "[]", "{}", "[null]", "[-1]", "[2147483647,0,0]", "[{}]", "{\"etag\":null}",
        $"\"{new string('a', 64)}\"", $"\"{new string('é', 40)}\"", new string('[', 70) + new string(']', 70), "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}}}}",
        "", "]", "\"", "1,2", "/*x*/1",
    ];

    /// <summary>Some bytes turned, gone, twice there, or new.</summary>
    public static byte[] Of(Random random, byte[] right)
    {
        var bytes = right.ToList();
        for (var left = random.Next(1, 5); left > 0; left--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = Math.Min(random.Next(1, 1 << random.Next(1, 8)), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    var noise = new byte[random.Next(1, 16)];
                    random.NextBytes(noise);
                    bytes.InsertRange(at, noise);
                    break;
                case 4:
                    for (var i = at; i < at + Math.Min(length, 8); i++)
                        bytes[i] = random.Next(2) is 0 ? byte.MaxValue : (byte)0;
                    break;
                case 5 when random.Next(4) is 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
            }
        }
        return [.. bytes];
    }

    /// <summary>JSON of which some values are others, members are there twice, or the text is damaged.</summary>
    public static string Json(Random random, string right)
    {
        for (var left = random.Next(1, 4); left > 0; left--)
        {
            if (random.Next(8) is 0)
            {
                right = Encoding.UTF8.GetString(Of(random, Encoding.UTF8.GetBytes(right)));
                continue;
            }
            var values = Value().Matches(right);
            if (values.Count is 0)
                break;
            var value = values[random.Next(values.Count)];
            var other = random.Next(6) is 0 ? $"{value.Value},{value.Value}" : random.Next(6) is 0 ? values[random.Next(values.Count)].Value : Any(random);
            right = random.Next(10) is 0 && Member().Matches(right) is { Count: > 0 } members && members[random.Next(members.Count)] is var member
                ? right.Insert(member.Index, $"{member.Value}{other},")
                : string.Concat(right.AsSpan(0, value.Index), other, right.AsSpan(value.Index + value.Length));
        }
        return right;
    }

    /// <summary>A value that is seldom the one expected.</summary>
    public static string Any(Random random) => s_values[random.Next(s_values.Length)];

    [GeneratedRegex("""(?<=[:\[,])("[^"]*"(?!:)|-?\d+|true|false|null|\[[^\[\]]*\]|\{[^{}]*\})""")]
    private static partial Regex Value();

    [GeneratedRegex("""(?<=[{,])"[^"]*":""")]
    private static partial Regex Member();
}
