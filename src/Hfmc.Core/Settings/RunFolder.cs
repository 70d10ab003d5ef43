using System.Security.Cryptography;
using System.Text;
using Hfmc.Core.Platform;

namespace Hfmc.Core.Settings;

/// <summary>
/// Where a running daemon and the commands meet: <c>$XDG_RUNTIME_DIR/hfmc/{hash}/</c>, else <c>/tmp/hfmc-{uid}/{hash}/</c>.
/// The hash is over home folder and machine id, so each pair has its own daemon.
/// </summary>
public sealed class RunFolder
{
    const int HashLength = 16;

    readonly string _ours;

    RunFolder(string ours, string hash)
    {
        _ours = ours;
        Path = System.IO.Path.Combine(ours, hash);
    }

    public string Path { get; }

    public string Socket => System.IO.Path.Combine(Path, "daemon.sock");

    public string PidFile => System.IO.Path.Combine(Path, "daemon.json");

    public string LockFile => System.IO.Path.Combine(Path, "daemon.lock");

    public string LogFile => System.IO.Path.Combine(Path, "daemon.log");

    // The size of sun_path with its closing zero.
    static int SocketPathLimit => OperatingSystem.IsMacOS() ? 104 : 108;

    /// <summary>Chooses the path; nothing is made yet.</summary>
    public static RunFolder For(string home, MachineId machine, ProcessEnvironment environment)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{home}\0{machine}")))[..HashLength];
        if (OperatingSystem.IsWindows())
            return new(System.IO.Path.Combine(environment["LOCALAPPDATA"] ?? System.IO.Path.GetTempPath(), "hfmc", "run"), hash);

        // A runtime folder of another user is what su and sudo leave behind: making files in it would lock that user out of hfmc.
        if (environment["XDG_RUNTIME_DIR"] is { } runtime && System.IO.Path.IsPathFullyQualified(runtime)
            && Directory.Exists(runtime) && PrivateFolder.IsOwn(runtime))
        {
            var folder = new RunFolder(System.IO.Path.Combine(runtime, "hfmc"), hash);
            if (Encoding.UTF8.GetByteCount(folder.Socket) < SocketPathLimit)
                return folder;
        }

        return new($"/tmp/hfmc-{PosixUser.Id}", hash);
    }

    /// <summary>Makes the folder with mode 0700; a <see cref="DiskException"/> when it is a link, another user's, or open to others.</summary>
    public void Create()
    {
        PrivateFolder.Claim(_ours);
        PrivateFolder.Claim(Path);
    }
}
