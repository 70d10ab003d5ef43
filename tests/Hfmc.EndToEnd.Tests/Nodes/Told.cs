using System.Text.Json;
using Xunit;

namespace Hfmc.EndToEnd.Tests.Nodes;

/// <summary>What a command that has ended said.</summary>
sealed record Told(string Command, int ExitCode, string Stdout, string Stderr)
{
    /// <summary>The one line of <c>--json</c>; anything else on stdout fails the test.</summary>
    public JsonElement Json => Stdout.EndsWith('\n') && Stdout.Trim() is { Length: > 0 } line && !line.Contains('\n')
        ? JsonDocument.Parse(line).RootElement
        : throw new InvalidOperationException($"not exactly one line on stdout: {this}");

    public string LastLine => Stdout.TrimEnd('\n').Split('\n')[^1];

    public Told Succeeded() => Ended(0);

    /// <summary>Fails the test, with all that was said, when the exit code is another one.</summary>
    public Told Ended(int exitCode)
    {
        if (ExitCode != exitCode)
            Assert.Fail($"wanted exit code {exitCode}: {this}");
        return this;
    }

    public override string ToString() => $"hfmc {Command} ended with {ExitCode}\n--- stdout\n{Stdout}--- stderr\n{Stderr}---";
}
