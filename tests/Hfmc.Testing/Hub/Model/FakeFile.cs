using System.Text;
using Hfmc.Core.Repos;

namespace Hfmc.Testing;

/// <summary>A file of a commit: held by git itself, or in large file storage behind a pointer.</summary>
/// <param name="name">As the repo has it.</param>
/// <param name="content">Its bytes.</param>
/// <param name="isLfs">Whether it is in large file storage.</param>
public sealed class FakeFile(string name, FileContent content, bool isLfs)
{
    public string Name { get; } = name;

    /// <summary>False for a name that no program should make a file of.</summary>
    public bool IsSafe { get; } = FilePath.TryParse(name, out _);

    /// <summary>The name as a path; of one that is none a made-up one.</summary>
    public FilePath Path { get; } = FilePath.TryParse(name, out var path) ? path : FilePath.Parse($"odd-{Convert.ToHexStringLower(System.Security.Cryptography.SHA1.HashData(System.Text.Encoding.UTF8.GetBytes(name)))}");

    public FileContent Content { get; } = content;

    public bool IsLfs { get; } = isLfs;

    public long Size => Content.Size;

    /// <summary>What names the blob in a cache: sha256 for large file storage, else git's sha1.</summary>
    public ETag ETag => IsLfs ? Content.Sha256 : Content.GitSha1;

    /// <summary>What git holds: the pointer's text, or the file itself.</summary>
    public FileContent GitContent => IsLfs ? Pointer : Content;

    /// <summary>git's id of what git holds, 40 hexadecimal digits.</summary>
    public string Oid => GitContent.GitSha1.Text;

    public int PointerSize => (int)Pointer.Size;

    /// <summary>The Xet file id, or null for files that git holds.</summary>
    public string? XetId => IsLfs ? Content.XetId : null;

    public RepoFile AsRepoFile() => new(Path, new(ETag, Size));

    BytesContent Pointer { get; } = isLfs
        ? new(Encoding.ASCII.GetBytes($"version https://git-lfs.github.com/spec/v1\noid sha256:{content.Sha256}\nsize {content.Size}\n"))
        : new([]);
}
