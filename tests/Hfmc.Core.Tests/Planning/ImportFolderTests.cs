using Hfmc.Core.Planning;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Planning;

public sealed class ImportFolderTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Files_come_sorted_by_path_with_their_sizes()
    {
        Put("b/c.txt", "123");
        Put("b.txt", "1");
        Put(".hidden", "12");

        Assert.Equal([(".hidden", 2L), ("b.txt", 1L), ("b/c.txt", 3L)], ImportFolder.Read(_folder.Path).Select(file => (file.Path.Text, file.Size)));
    }

    [Fact]
    public void What_belongs_to_tools_is_left_out()
    {
        Put("a", "1");
        Put(".git/HEAD", "ref");
        Put(".cache/huggingface/download/a.metadata", "x");
        Put("sub/.DS_Store", "x");

        Assert.Equal(["a"], ImportFolder.Read(_folder.Path).Select(file => file.Path.Text));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("nowhere")]
    [InlineData("folder")]
    public void A_link_is_refused_by_name_wherever_it_leads(string target)
    {
        Put("file", "1");
        Put("folder/x", "1");
        File.CreateSymbolicLink(_folder.File("alias"), target);

        Assert.Contains("alias", Assert.Throws<InputException>(() => ImportFolder.Read(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_no_repo_can_have_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "such a file cannot be made there");
        Put("a\\b", "1");

        Assert.Contains(@"a\b", Assert.Throws<InputException>(() => ImportFolder.Read(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_folder_is_refused() => Assert.Throws<InputException>(() => ImportFolder.Read(_folder.Path));

    [Fact]
    public void A_folder_that_is_not_there_is_not_found() => Assert.Throws<NotFoundException>(() => ImportFolder.Read(Path.Combine(_folder.Path, "none")));

    void Put(string name, string content) => File.WriteAllText(_folder.File(name), content);
}
