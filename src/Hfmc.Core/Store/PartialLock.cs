using Hfmc.Core.Platform;

namespace Hfmc.Core.Store;

/// <summary>The lock that one process at a time holds on an unfinished blob.</summary>
sealed class PartialLock : IDisposable
{
    readonly FileStream _file;
    readonly string _path;

    PartialLock(FileStream file, string path) => (_file, _path) = (file, path);

    /// <summary>Null when another process holds it. Throws what the file system throws.</summary>
    public static PartialLock? TryTake(string path)
    {
        FileStream file;
        try
        {
            file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException error) when (DiskFailure.IsInUse(error))
        {
            return null;
        }
        if (PythonLock.StillNames(path, file))
            return new(file, path);
        file.Dispose();
        return null;
    }

    /// <summary>Removes the lock file while it is held: whoever opened it meanwhile sees that it names nothing any more, and asks again.</summary>
    public void Delete()
    {
        // Windows does not delete open files, and a closed one may be another's already: there it stays.
        if (!OperatingSystem.IsWindows())
            DiskFailure.Guard($"delete {_path}", () => File.Delete(_path));
    }

    public void Dispose() => _file.Dispose();
}
