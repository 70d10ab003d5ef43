using Hfmc.Core;

namespace Hfmc.Commands;

/// <summary>The exit codes that scripts depend on (docs/command-line.md).</summary>
static class ExitCode
{
    public const int Ok = 0, Unexpected = 1, Usage = 2, NotFound = 3, Interrupted = 130;

    public static int Of(FailureKind kind) => kind switch
    {
        FailureKind.Input => Usage,
        FailureKind.NotFound => NotFound,
        FailureKind.Denied => 4,
        FailureKind.Offline => 5,
        FailureKind.Corrupt => 6,
        FailureKind.Disk => 7,
        _ => Unexpected,
    };
}
