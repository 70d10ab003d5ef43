namespace Hfmc.EndToEnd.Tests.Nodes;

/// <summary>Programs that are built beside these tests, in the same configuration.</summary>
static class BuiltProgram
{
    public static string Of(string project, string program) => Path.Combine(
        HfmcProgram.Repository, "artifacts", "bin", project, Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), program);
}
