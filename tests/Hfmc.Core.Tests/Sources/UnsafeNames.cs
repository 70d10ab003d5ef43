using Xunit;

namespace Hfmc.Core.Tests.Sources;

/// <summary>Listings that no honest repo has, as paths of its files; and what a refusal says of them.</summary>
static class UnsafeNames
{
    /// <summary>Names that are never made a file of.</summary>
    public static TheoryData<string> Odd =>
    [
        "/etc/passwd", "../../../.ssh/authorized_keys", "a/../../b", "a/./b", "a//b", "a/", "a\0b", "a\nb", @"..\..\evil.dll", @"\\server\share\x", "C:/windows/x",
        "C:x", "x:stream", new string('n', 256), "\u0085",
    ];

    /// <summary>Lists that no honest source has, and what a refusal says.</summary>
    public static TheoryData<string, string> Wrong => new()
    {
        { "", "without a name" },
        { "model|model/weights.bin", "as a file and as a folder" },
        { "a/b/c|a", "as a file and as a folder" },
        { "config.json|config.json", "twice" },
    };
}
