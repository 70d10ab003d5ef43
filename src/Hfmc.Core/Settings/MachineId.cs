using System.Security.Cryptography;
using System.Text;
using Hfmc.Core.Platform;

namespace Hfmc.Core.Settings;

/// <summary>
/// Tells apart the machines that share a home folder: <c>HFMC_MACHINE_ID</c>, else systemd's or D-Bus's machine id, else a hash of the
/// host name. Of [a-z0-9-], 1 to 64 characters.
/// </summary>
public readonly record struct MachineId
{
    const string Variable = "HFMC_MACHINE_ID";
    const int Longest = 64, SystemLength = 32, LongestFile = 4096;

    MachineId(string text) => Text = text;

    public string Text { get; }

    public static MachineId From(ProcessEnvironment environment) =>
        From(environment, ["/etc/machine-id", "/var/lib/dbus/machine-id"], Environment.MachineName);

    internal static MachineId From(ProcessEnvironment environment, IEnumerable<string> files, string hostName)
    {
        if (environment.Trimmed(Variable) is { } said)
            return said.Length <= Longest && said.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-')
                ? new(said)
                : throw new InputException($"{Variable} is not a machine id: want 1 to {Longest} characters of a-z, 0-9 and -");
        return files.Select(ReadSystemId).FirstOrDefault(id => id is not null) is { } text
            ? new(text)
            : new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(hostName.ToLowerInvariant())))[..SystemLength]);
    }

    public override string ToString() => Text;

    // Images ship the file empty or with the word "uninitialized": the same for every machine made from them.
    static string? ReadSystemId(string path)
    {
        try
        {
            var text = PrivateFile.ReadText(path, LongestFile, DiskPlace.Home)?.Trim();
            return text is { Length: SystemLength } && text.All(char.IsAsciiHexDigitLower) ? text : null;
        }
        catch (HfmcException)
        {
            return null;
        }
    }
}
