using System.Diagnostics;
using Hfmc.Core.Hashing;
using Hfmc.Core.Repos;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Hashing;

public sealed class GitFoldersTests
{
    [Fact]
    public void Folders_have_the_ids_that_git_gives_them()
    {
        using var folder = new TempFolder();
        Assert.SkipWhen(Git(folder.Path, "init", "-q") is null, "there is no git");
        string[] paths = ["a/b/c.txt", "a/b.txt", "a/b-c/d", "a.txt", "ä/模型.bin", "a/b/🙂/x", "z"];
        foreach (var path in paths)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder.Path, path))!);
            File.WriteAllText(Path.Combine(folder.Path, path), path);
        }
        Git(folder.Path, "add", "-A");
        var tree = Git(folder.Path, "write-tree")!.Trim();
        var listed = Git(folder.Path, "-c", "core.quotePath=false", "ls-tree", "-r", "-t", "-d", tree)!
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).ToDictionary(line => line.Split('\t')[1], line => line.Split('\t')[0].Split(' ')[2]);

        var own = GitFolders.Of(paths.Select(path => new RepoFile(FilePath.Parse(path), new(BytesContent.Of(path).GitSha1, BytesContent.Of(path).Size))));

        Assert.Equal(listed.OrderBy(entry => entry.Key, StringComparer.Ordinal).ToList(),
            own.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Text)).OrderBy(entry => entry.Key, StringComparer.Ordinal).ToList());
    }

    [Fact]
    public void A_file_in_large_file_storage_counts_as_its_pointer()
    {
        var large = new RepoFile(FilePath.Parse("a/b"), new(BytesContent.Of("x").Sha256, 1));
        var pointer = new RepoFile(large.Path, new(LfsPointer.Id(large.Blob), 1));

        Assert.Equal(GitFolders.Of([pointer])["a"], GitFolders.Of([large])["a"]);
    }

    static string? Git(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["GIT_CONFIG_GLOBAL"] = "/dev/null";
        try
        {
            using var git = Process.Start(start)!;
            var said = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode is 0 ? said : throw new InvalidOperationException($"git {arguments[0]} failed");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
