using System.Runtime.Versioning;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>
/// huggingface_hub's lock on a blob (<c>.locks/repo/etag.lock</c>), to be held for the moment of publishing or deleting and never while
/// fetching. Released by disposing; the file stays, since others may be waiting on it.
/// </summary>
public sealed class PythonLock : IDisposable
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>0664.</summary>
    const UnixFileMode Shared =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead;

    readonly FileStream? _file;

    PythonLock(FileStream? file) => _file = file;

    /// <summary>How long to wait for a Python process before going on without the lock.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(5);

    /// <summary>False where the cache has no place for lock files (read-only, full), so that nobody can be excluded.</summary>
    public bool Excludes => _file is not null;

    /// <summary>Null when somebody else held it all through <paramref name="patience"/>; zero tries once.</summary>
    public static async Task<PythonLock?> TakeAsync(
        RepoFolder repo, ETag etag, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = repo.LockFile(etag);
        var start = time.GetTimestamp();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Try(path) is { } taken)
                return taken;
            if (time.GetElapsedTime(start) >= patience)
                return null;
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    public void Dispose()
    {
        if (_file is not null && OperatingSystem.IsWindows() && _file.CanWrite)
            _file.Unlock(0, 1);
        _file?.Dispose();
    }

    static PythonLock? Try(string path)
    {
        FileStream? file = null;
        try
        {
            file = OpenIn(Path.GetDirectoryName(path) ?? path, path);
            if (StillNames(path, file))
                return new(file);
            file.Dispose();
            return null;
        }
        catch (IOException error) when (DiskFailure.IsInUse(error))
        {
            file?.Dispose();
            return null;
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            file?.Dispose();
            return new(null);
        }
    }

    static FileStream OpenIn(string folder, string path)
    {
        try
        {
            return Open(path);
        }
        catch (DirectoryNotFoundException)
        {
            Directory.CreateDirectory(folder);
            return Open(path);
        }
    }

    // On Unix, FileShare.None is flock(LOCK_EX | LOCK_NB), which is what Python's filelock takes; FileStream.Lock would be another kind.
    static FileStream Open(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            var exclusive = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            ShareWithGroup(exclusive);
            return exclusive;
        }

        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        try
        {
            file.Lock(0, 1);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // As filelock does, against the umask: the others of a group that shares the cache have to open it for writing.
    [UnsupportedOSPlatform("windows")]
    static void ShareWithGroup(FileStream file)
    {
        try
        {
            if (File.GetUnixFileMode(file.SafeFileHandle) != Shared)
                File.SetUnixFileMode(file.SafeFileHandle, Shared);
        }
        catch (UnauthorizedAccessException)
        {
            // Somebody else's file, who has seen to its mode.
        }
    }

    // Some versions of filelock (3.20.4 to 3.29.4) unlink the file at release: then this lock is on a file that nobody else will find.
    // A file made anew since has another time; that is as near to comparing inodes as .NET comes. One that is gone has the year 1601.
    internal static bool StillNames(string path, FileStream file) =>
        OperatingSystem.IsWindows() || File.GetLastWriteTimeUtc(path) == File.GetLastWriteTimeUtc(file.SafeFileHandle);
}
