using Hfmc.Core.Repos;
using Microsoft.Win32.SafeHandles;

namespace Hfmc.Core.Planning;

/// <summary>Bytes that may be shown now: up to <c>End</c>, from where was asked. The file is open until the reader asks again.</summary>
public readonly record struct ReadyBytes(SafeFileHandle File, long End);

/// <summary>A file that is here in whole. Doubted: its bytes may have been changed since they were put there, and nobody gets all of them before they were read.</summary>
public readonly record struct HeldFile(RepoId Repo, RepoFile File, string Path, bool IsDoubted);

/// <summary>Bytes that a reader was shown turned out wrong: what he has must not become a file.</summary>
public sealed class ShownWrongException(string file)
    : HfmcException(FailureKind.Corrupt, $"{file}: a source sent wrong bytes, and some of them were passed on before that was known; ask again");
