using System.Text.RegularExpressions;
using Xunit;

namespace Hfmc.Core.Tests.Conventions;

/// <summary>SECURITY.md as a test: each threat names tests, and each of them is there.</summary>
public sealed partial class SecurityTests
{
    static readonly string s_repository = FindRepository();

    static readonly string[] s_rows =
        [.. File.ReadAllLines(Path.Combine(s_repository, "SECURITY.md")).SkipWhile(line => line is not "## Threats").Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1)];

    static readonly string[] s_tests =
        [.. Directory.GetFiles(Path.Combine(s_repository, "tests"), "*Tests*.cs", SearchOption.AllDirectories).Where(file => !file.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText)];

    [Fact]
    public void Every_threat_names_a_test_and_every_test_that_is_named_exists()
    {
        Assert.All(s_rows, row => Assert.NotEmpty(Named().Matches(row)));
        Assert.Empty(
            from row in s_rows
            from Match named in Named().Matches(row)
            where !s_tests.Any(text => text.Contains($"class {named.Groups[1].Value}", StringComparison.Ordinal) && text.Contains($" {named.Groups[2].Value}(", StringComparison.Ordinal))
            select named.Value);
    }

    [Theory]
    [InlineData("Spoofing")]
    [InlineData("Tampering")]
    [InlineData("Repudiation")]
    [InlineData("Information disclosure")]
    [InlineData("Denial of service")]
    [InlineData("Elevation of privilege")]
    public void Every_kind_of_threat_is_thought_of(string kind) => Assert.Contains(s_rows, row => row.StartsWith($"| {kind} |", StringComparison.Ordinal));

    static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Hfmc.slnx")))
                return folder.FullName;
        throw new InvalidOperationException("the tests are not inside the repository");
    }

    [GeneratedRegex(@"`(\w+Tests)\.(\w+)`")]
    private static partial Regex Named();
}
