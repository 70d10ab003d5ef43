using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Hfmc.Core.Platform;

/// <summary>
/// Reads files where others may write too, in a shared cache or a folder of somebody's, and is not led to another file by a link that was
/// put there. A link of this user's own, or of root's, may lead where it likes: that is how a cache is spread over disks. Where the system
/// does not tell (not Linux), every link is followed.
/// </summary>
public static partial class TrustedPath
{
    const int LongestPath = 4096;

    /// <summary>True when something on the way from <paramref name="root"/>, which is not looked at itself, is somebody else's link.</summary>
    public static bool HasForeignLink(string root, string path) => Links(root, path).Any(link => !IsTrusted(link));

    /// <summary>Opens for reading. Throws what the file system throws, also when somebody else's link leads there.</summary>
    public static SafeFileHandle OpenRead(string root, string path)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        // A cache lies nearly always where its path says: only one behind links of its own has to be found first.
        if (RealPathOf(file) is not { } real || real == path || real == RealPathOf(root) + path[root.Length..])
            return file;
        // Looked at after it was opened: what is no link now and led elsewhere a moment ago is somebody's game.
        var links = Links(root, path).ToList();
        if (links.Count > 0 && links.TrueForAll(IsTrusted))
            return file;
        file.Dispose();
        throw new UnauthorizedAccessException($"a link of another user leads from {path} to somewhere else");
    }

    /// <summary>The path of an open file, without links; null where the system does not say, or when it has none any more.</summary>
    public static string? RealPathOf(SafeFileHandle file) =>
        OperatingSystem.IsLinux() ? new FileInfo($"/proc/self/fd/{(int)file.DangerousGetHandle()}").LinkTarget : null;

    /// <summary>The path without links; as it is where the system does not say.</summary>
    public static string RealPathOf(string path)
    {
        if (OperatingSystem.IsWindows())
            return path;
        var real = new byte[LongestPath + 1];
        return RealPath(path, ref MemoryMarshal.GetArrayDataReference(real)) is 0 ? path : Encoding.UTF8.GetString(real.AsSpan(0, real.AsSpan().IndexOf((byte)0)));
    }

    static IEnumerable<string> Links(string root, string path)
    {
        for (var at = path; at.Length > root.Length && at is not null; at = Path.GetDirectoryName(at) ?? root)
            if (new FileInfo(at).LinkTarget is not null)
                yield return at;
    }

    static bool IsTrusted(string link) => FileOwner.Of(link) is not { } owner || owner == PosixUser.Id || owner is 0;

    // With a buffer of PATH_MAX and one more it makes none of its own.
    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint RealPath(string path, ref byte resolved);
}
