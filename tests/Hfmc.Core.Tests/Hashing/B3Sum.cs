using System.Diagnostics;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Hashing;

/// <summary>BLAKE3 by its authors' own program; where that is not installed, the test is skipped.</summary>
sealed class B3Sum : IDisposable
{
    readonly TempFolder _folder = new();

    string Input => Path.Combine(_folder.Path, "input");

    public static B3Sum OrSkip()
    {
        Assert.SkipUnless(IsInstalled(), "b3sum is not installed (Debian: apt-get install b3sum)");
        return new();
    }

    public string Hash(ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(Input, bytes);
        return Run([], ["--no-names", Input]);
    }

    public string KeyedHash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(Input, bytes);
        return Run(key, ["--keyed", "--no-names", Input]);
    }

    public void Dispose() => _folder.Dispose();

    static bool IsInstalled()
    {
        try
        {
            return Run([], ["--version"]).StartsWith("b3sum", StringComparison.Ordinal);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    static string Run(ReadOnlySpan<byte> input, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("b3sum", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Trim();
    }
}
