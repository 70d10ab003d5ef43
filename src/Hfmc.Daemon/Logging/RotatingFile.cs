using System.Text;
using Hfmc.Core;
using Hfmc.Core.Platform;

namespace Hfmc.Daemon.Logging;

/// <summary>A log file that never grows beyond its limit: full, it becomes <c>.1</c>, the one before <c>.2</c>, and so on; the oldest goes.</summary>
sealed class RotatingFile(string path) : IDisposable
{
    const long LargestFile = 10 << 20;
    const int OldFiles = 4;

    readonly Lock _lock = new();
    FileStream? _file;

    public void WriteLine(string line)
    {
        lock (_lock)
        {
            try
            {
                _file ??= Open();
                _file.Write(Encoding.UTF8.GetBytes(line + "\n"));
                if (_file.Length >= LargestFile)
                    Rotate();
            }
            catch (Exception error) when (DiskFailure.Is(error))
            {
                // A full disk must not end the daemon through its log; the next line tries again.
            }
        }
    }

    /// <summary>Opens the file now, so that a log that cannot be written is known at the start.</summary>
    /// <exception cref="DiskException">It cannot be written.</exception>
    public void Claim()
    {
        lock (_lock)
            _file ??= DiskFailure.Guard($"write {path}", Open, DiskPlace.Run);
    }

    public void Dispose()
    {
        lock (_lock)
            _file?.Dispose();
    }

    FileStream Open()
    {
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new(path, options);
    }

    void Rotate()
    {
        _file?.Dispose();
        _file = null;
        for (var i = OldFiles; i > 0; i--)
            if (File.Exists(Name(i - 1)))
                File.Move(Name(i - 1), Name(i), overwrite: true);
    }

    string Name(int age) => age is 0 ? path : $"{path}.{age}";
}
