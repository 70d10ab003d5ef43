using Microsoft.Win32.SafeHandles;

namespace Hfmc.Core.Planning;

/// <summary>Bytes that may be shown now: up to <c>End</c>, from where was asked. The file is open until the reader asks again.</summary>
public readonly record struct ReadyBytes(SafeFileHandle File, long End);

/// <summary>Bytes that a reader was shown turned out wrong: what he has must not become a file.</summary>
public sealed class ShownWrongException(string file)
    : HfmcException(FailureKind.Corrupt, $"{file}: a source sent wrong bytes, and some of them were passed on before that was known; ask again");
