using Hfmc.Commands;
using Hfmc.Core.Platform;
using Hfmc.Output;

// Asked by scripts and prompts: answered before anything else is built.
if (args is ["--version"])
{
    Console.Out.WriteLine(ProgramVersion.Text);
    return 0;
}

// What is in memory may be a token.
CoreDumps.Forbid();
return await CommandLine.RunAsync(args);
