using System.Net;
using Hfmc.Core.Repos;
using Xunit;

namespace Hfmc.Daemon.Tests.Whole;

/// <summary>A file of zero bytes is a file: it is kept when it is read, though there is nothing to send.</summary>
public sealed class EmptyFileTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("bytes=0-0")]
    [InlineData("bytes=0-")]
    public async Task An_empty_file_that_was_read_is_kept(string? range)
    {
        await using var model = await WholeModel.StartAsync();

        var answer = await model.AskAsync($"/{WholeModel.Name}/resolve/main/lib/__init__.py", headers: range is null ? [] : [("Range", range)]);

        Assert.Equal((HttpStatusCode.OK, 0), (answer.Status, answer.Body.Length));
        while (model.Daemon.Cache.Repo(model.Repo.Id).FindFile(model.Commit, FilePath.Parse("lib/__init__.py")) is null)
            await Task.Delay(20, WholeModel.Cancelled);
    }
}
