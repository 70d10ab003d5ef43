using Hfmc.EndToEnd.Tests.Nodes;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Clients;

/// <summary>The scripts and packages of <c>tests/clients</c>.</summary>
static class NpmClients
{
    static readonly string s_folder = Path.Combine(HfmcProgram.Repository, "tests", "clients");

    /// <summary>Skips the test where node or the package is missing; returns the package's folder.</summary>
    public static string Require(string package)
    {
        var folder = Path.Combine(s_folder, "node_modules", package);
        Assert.SkipUnless(Directory.Exists(folder), $"{package} is not installed: run 'npm ci' in tests/clients");
        Assert.SkipUnless(Programs("node").Any(File.Exists), "there is no node");
        return folder;
    }

    /// <summary>Runs one of the scripts with node.</summary>
    public static async Task<Told> TryAsync(HfmcNode node, params string[] arguments) =>
        await node.Launch(node.Describe("node", [Path.Combine(s_folder, arguments[0]), .. arguments[1..]])).EndAsync(TestContext.Current.CancellationToken);

    static IEnumerable<string> Programs(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name));
}
