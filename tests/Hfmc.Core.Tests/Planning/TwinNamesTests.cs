using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

public sealed class TwinNamesTests
{
    [Theory]
    [InlineData(true, "A/x|B.txt|README.md", "a/x|b.txt|readme.md")]
    [InlineData(false, "A/x|B.txt|README.md|a/x|b.txt|readme.md", "")]
    public void Of_names_that_are_one_to_the_file_system_the_first_is_kept(bool foldsCase, string kept, string aside)
    {
        var names = (string[])["README.md", "readme.md", "A/x", "a/x", "b.txt", "B.txt"];
        var snapshot = Of([.. names.Order(StringComparer.Ordinal)]);

        var found = TwinNames.PutAside(snapshot, () => new(HasLinks: true, foldsCase));

        Assert.Equal(kept, string.Join('|', found.Files.Select(file => file.Path.Text)));
        Assert.Equal(aside, string.Join('|', found.Skipped));
    }

    [Fact]
    public void Where_all_names_differ_the_file_system_is_not_asked() =>
        Assert.Equal(2, TwinNames.PutAside(Of("a", "b"), () => throw new InvalidOperationException("asked")).Files.Count);

    static Snapshot Of(params string[] names)
    {
        var blob = new Blob(BytesContent.Of("x").GitSha1, 1);
        return new(RepoId.Parse("acme/tiny"), default, [.. names.Select(name => new RepoFile(FilePath.Parse(name), blob))]);
    }
}
