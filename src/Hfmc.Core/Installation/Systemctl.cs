using System.ComponentModel;
using System.Diagnostics;

namespace Hfmc.Core.Installation;

/// <summary>Runs <c>systemctl --user</c>, without a shell between.</summary>
public static class Systemctl
{
    /// <summary>True when this user has a systemd to talk to; containers and other systems have none.</summary>
    public static async Task<bool> IsUsableAsync(CancellationToken cancellationToken) =>
        OperatingSystem.IsLinux() && await RunAsync(["show-environment"], cancellationToken) is null;

    /// <summary>Null when it succeeded, else what it said.</summary>
    public static async Task<string?> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("systemctl", ["--user", "--no-pager", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start);
            if (process is null)
                return "systemctl could not be started";
            process.StandardInput.Close();
            var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
            await process.WaitForExitAsync(cancellationToken);
            await output;
            return process.ExitCode is 0 ? null : (await error).Trim().ReplaceLineEndings(" ") is { Length: > 0 } said ? said : $"systemctl ended with {process.ExitCode}";
        }
        catch (Win32Exception missing)
        {
            return missing.Message;
        }
    }
}
