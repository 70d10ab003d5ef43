using Hfmc.Commands;
using Hfmc.Output;

// Asked by scripts and prompts: answered before anything else is built.
if (args is ["--version"])
{
    Console.Out.WriteLine(ProgramVersion.Text);
    return 0;
}

return await CommandLine.RunAsync(args);
