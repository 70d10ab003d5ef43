using Hfmc.Core;
using Hfmc.Core.Platform;

namespace Hfmc.Commands;

/// <summary>The end of a program that could not even print what it had to say: help, a version, or the sentence of a failure.</summary>
static class LostOutput
{
    public static int Report(Exception error)
    {
        try
        {
            var failure = error as DiskException ?? DiskFailure.Of("write the output", error, DiskPlace.Output);
            Console.Error.WriteLine($"hfmc: {failure.Message}");
        }
        catch (IOException)
        {
            // stderr is lost too: the exit code is all that is left.
        }
        return ExitCode.Of(FailureKind.Disk);
    }
}
