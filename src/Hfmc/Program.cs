using Hfmc.Commands;
using Hfmc.Core;
using Hfmc.Core.Platform;
using Hfmc.Core.Settings;
using Hfmc.Output;

try
{
    // Asked by scripts and prompts: answered before anything else is built.
    if (args is ["--version"])
    {
        Console.Out.WriteLine(ProgramVersion.Text);
        return 0;
    }

    // What is in memory may be a token.
    CoreDumps.Forbid();
    RuntimeSockets.ContinueInline();
    RuntimeHome.Provide();
    return await CommandLine.RunAsync(args);
}
catch (Exception error) when (error is DiskException || DiskFailure.Is(error))
{
    return LostOutput.Report(error);
}
