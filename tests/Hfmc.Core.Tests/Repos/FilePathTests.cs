using Hfmc.Core.Repos;
using Xunit;

namespace Hfmc.Core.Tests.Repos;

public sealed class FilePathTests
{
    [Theory]
    [InlineData("a:b/c", false)]
    [InlineData("at 12:30.txt", true)]
    [InlineData("folder/a:b", true)]
    [InlineData("a|b", true)]
    [InlineData("what?*<>\".txt", true)]
    [InlineData("ends with. ", true)]
    [InlineData("nul.txt", true)]
    [InlineData("a\\b", false)]
    [InlineData("a\u007fb", false)]
    public void What_this_kind_of_system_can_keep_is_a_path(string name, bool isPath) => Assert.Equal(isPath, FilePath.TryParse(name, isWindows: false, out _));

    [Theory]
    [InlineData("folder/a:b")]
    [InlineData("a|b")]
    [InlineData("a?")]
    [InlineData("folder./x")]
    [InlineData("x ")]
    [InlineData("nul")]
    [InlineData("NUL.txt")]
    [InlineData("folder/com1.tar.gz")]
    [InlineData("lpt\u00b9")]
    public void What_Windows_cannot_keep_is_none_there(string name)
    {
        Assert.False(FilePath.TryParse(name, isWindows: true, out _));
        Assert.True(FilePath.TryParse(name, isWindows: false, out _));
    }

    [Theory]
    [InlineData(".gitattributes")]
    [InlineData("console.txt")]
    [InlineData("com10")]
    [InlineData("a b/c.d.e")]
    public void What_every_system_can_keep_is_a_path_everywhere(string name) => Assert.True(FilePath.TryParse(name, isWindows: true, out _));

    [Theory]
    [InlineData("a\nb\u202ec", @"a\u000ab\u202ec")]
    [InlineData(@"a\b", @"a\\b")]
    [InlineData("é 漢.txt", "é 漢.txt")]
    public void What_does_not_print_is_escaped_in_sentences(string name, string printed) => Assert.Equal(printed, PrintedName.Of(name));

    [Fact]
    public void A_revision_has_no_colon() => Assert.False(Revision.TryParse("at 12:30", out _));
}
