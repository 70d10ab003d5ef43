using Hfmc.Core.Repos;
using Xunit;

namespace Hfmc.Core.Tests.Repos;

public sealed class RepoIdTests
{
    [Theory]
    [InlineData("models--acme--tiny")]
    [InlineData("datasets--acme--words")]
    [InlineData("models--gpt2")]
    [InlineData("models--models--tiny")]
    [InlineData("models--datasets--tiny")]
    public void A_folder_is_that_of_the_repo_that_it_names(string folder)
    {
        Assert.True(RepoId.TryParseFolder(folder, out var repo));

        Assert.Equal(folder, repo.FolderName);
    }

    [Theory]
    [InlineData("model--acme--tiny")]
    [InlineData("models")]
    [InlineData("models--a--b--c")]
    [InlineData("models--..--tiny")]
    [InlineData("trash--acme--tiny")]
    public void Folders_of_other_kinds_name_no_repo(string folder) => Assert.False(RepoId.TryParseFolder(folder, out _));
}
