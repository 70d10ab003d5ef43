using System.Text.RegularExpressions;
using Xunit;

namespace Hfmc.Core.Tests.Conventions;

/// <summary>ARCHITECTURE.md as a test: data walks through the rooms of Hfmc.Core in one direction, and some doors stay shut.</summary>
public sealed partial class RoomsTests
{
    /// <summary>A room may use those to its right.</summary>
    static readonly string[] s_rooms =
        ["Installation", "Control", "Planning", "Sources", "Hub", "Peers", "Transfers", "Store", "Xet", "Hashing", "Repos", "Settings", "Platform"];

    static readonly string s_core = FindCore();

    static IEnumerable<(string File, string Room, string Text)> Sources =>
        Directory.GetFiles(s_core, "*.cs", SearchOption.AllDirectories)
            .Select(file => (File: Path.GetRelativePath(s_core, file), Text: File.ReadAllText(file)))
            .Where(source => !source.File.StartsWith("obj", StringComparison.Ordinal))
            .Select(source => (source.File, source.File.Contains(Path.DirectorySeparatorChar) ? source.File.Split(Path.DirectorySeparatorChar)[0] : "", source.Text));

    [Fact]
    public void Every_folder_is_a_room_with_its_place() =>
        Assert.Empty(Sources.Select(source => source.Room).Where(room => room.Length > 0).Distinct().Except(s_rooms));

    [Fact]
    public void A_room_uses_only_those_to_its_right() =>
        Assert.Empty(
            from source in Sources
            where source.Room.Length > 0
            from Match use in RoomName().Matches(WithoutNamespace(source.Text))
            let used = use.Groups[1].Value
            where s_rooms.Contains(used) && Array.IndexOf(s_rooms, used) < Array.IndexOf(s_rooms, source.Room)
            select $"{source.File} uses {used}");

    [Fact]
    public void What_is_in_a_folder_is_in_its_namespace() =>
        Assert.Empty(Sources
            .Where(source => !source.Text.Contains($"namespace Hfmc.Core{(source.Room.Length > 0 ? "." : "")}{source.Room};", StringComparison.Ordinal))
            .Select(source => source.File));

    [Theory]
    [InlineData(@"\bConsole\.|System\.Console", "a console")]
    [InlineData(@"Microsoft\.AspNetCore", "the web")]
    [InlineData(@"Spectre\.|System\.CommandLine", "the command line")]
    public void The_core_has_no(string pattern, string what) =>
        Assert.Empty(Sources.Where(source => Regex.IsMatch(source.Text, pattern)).Select(source => $"{source.File} knows {what}"));

    [Fact]
    public void Only_the_settings_read_the_environment() =>
        Assert.Equal([Path.Combine("Settings", "ProcessEnvironment.cs")],
            Sources.Where(source => source.Text.Contains("Environment.GetEnvironmentVariable", StringComparison.Ordinal)).Select(source => source.File));

    static string WithoutNamespace(string text) => NamespaceLine().Replace(text, "");

    internal static string SourceFolder => Path.GetDirectoryName(s_core)!;

    static string FindCore()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Hfmc.slnx")))
                return Path.Combine(folder.FullName, "src", "Hfmc.Core");
        throw new InvalidOperationException("the tests are not inside the repository");
    }

    [GeneratedRegex(@"\bHfmc\.Core\.(\w+)")]
    private static partial Regex RoomName();

    [GeneratedRegex(@"^namespace .*$", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();
}
