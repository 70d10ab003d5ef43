using Xunit;

namespace Hfmc.Core.Tests.Sources;

/// <summary>Listings that no honest repo has, as paths of its files; and what a refusal says of them.</summary>
static class UnsafeNames
{
    public static TheoryData<string, string> All => new()
    {
        { "/etc/passwd", "not safe" },
        { "../../../.ssh/authorized_keys", "not safe" },
        { "a/../../b", "not safe" },
        { "a/./b", "not safe" },
        { "a//b", "not safe" },
        { "a/", "not safe" },
        { "", "not safe" },
        { "a\0b", "not safe" },
        { "a\nb", "not safe" },
        { @"..\..\evil.dll", "not safe" },
        { @"\\server\share\x", "not safe" },
        { "C:/windows/x", "not safe" },
        { "C:x", "not safe" },
        { "x:stream", "not safe" },
        { new string('n', 256), "not safe" },
        { "model|model/weights.bin", "as a file and as a folder" },
        { "a/b/c|a", "as a file and as a folder" },
        { "config.json|config.json", "twice" },
    };
}
