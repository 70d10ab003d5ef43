using System.Security.Cryptography;
using System.Text;
using Hfmc.Core.Repos;

namespace Hfmc.Testing;

/// <summary>All files of a repo at one moment, sorted by path. The id follows from repo and content alone, so it is the same in every run.</summary>
public sealed class FakeCommit
{
    readonly Dictionary<string, FakeFile> _byPath;

    internal FakeCommit(RepoId repo, IEnumerable<FakeFile> files, DateTimeOffset date)
    {
        Files = [.. files.OrderBy(file => file.Path)];
        Date = date;
        _byPath = Files.ToDictionary(file => file.Name, StringComparer.Ordinal);
        Id = IdOf(repo, Files);
    }

    public CommitId Id { get; }

    public DateTimeOffset Date { get; }

    public IReadOnlyList<FakeFile> Files { get; }

    public FakeFile? Find(string path) => _byPath.GetValueOrDefault(path);

    public Snapshot AsSnapshot(RepoId repo) => new(repo, Id, [.. Files.Where(file => file.IsSafe).Select(file => file.AsRepoFile())]);

    static CommitId IdOf(RepoId repo, IEnumerable<FakeFile> files)
    {
        var text = new StringBuilder("commit ").Append(repo).Append('\n');
        foreach (var file in files)
            text.Append(file.ETag).Append(' ').Append(file.Path).Append('\n');
        return CommitId.TryParse(Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text.ToString()))), out var id)
            ? id
            : throw new InvalidOperationException("a sha1 is a commit id");
    }
}
