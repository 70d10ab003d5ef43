namespace Hfmc.EndToEnd.Tests.Nodes;

/// <summary>The program under test: the one that <c>HFMC_TEST_PROGRAM</c> names, or as it was built beside these tests.</summary>
static class HfmcProgram
{
    /// <summary>The root of the repository.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Unless it is named: <c>artifacts/bin/Hfmc/debug/hfmc</c>, of the configuration that these tests were built in.</summary>
    public static string Path { get; } = Environment.GetEnvironmentVariable("HFMC_TEST_PROGRAM") is { Length: > 0 } named
        ? named
        : BuiltProgram.Of("Hfmc", OperatingSystem.IsWindows() ? "hfmc.exe" : "hfmc");

    static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Hfmc.slnx")))
                return folder.FullName;
        throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside the repository");
    }
}
