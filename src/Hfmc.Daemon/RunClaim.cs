using System.Text.Json;
using System.Text.Json.Serialization;
using Hfmc.Core;
using Hfmc.Core.Platform;
using Hfmc.Core.Settings;

namespace Hfmc.Daemon;

/// <summary>
/// The hold on a run folder: a locked file, free as soon as its process is gone however it went. Who holds it may remove what a
/// killed daemon left, and removes its own socket at the end.
/// </summary>
sealed class RunClaim : IDisposable
{
    readonly RunFolder _run;
    readonly FileStream _lock;

    RunClaim(RunFolder run, FileStream held) => (_run, _lock) = (run, held);

    /// <exception cref="AlreadyRunningException">Somebody else holds it.</exception>
    public static RunClaim Take(RunFolder run)
    {
        run.Create();
        FileStream held;
        try
        {
            held = new(run.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException error) when (DiskFailure.IsInUse(error))
        {
            throw new AlreadyRunningException();
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            throw DiskFailure.Of($"write {run.LockFile}", error, DiskPlace.Run);
        }
        var claim = new RunClaim(run, held);
        try
        {
            DiskFailure.Guard($"delete what an earlier daemon left in {run.Path}", claim.RemoveTraces, DiskPlace.Run);
            return claim;
        }
        catch (DiskException)
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Gives the socket mode 0600, whatever the umask was; its folder let nobody else in before.</summary>
    public void CloseSocketToOthers()
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_run.Socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    /// <summary>Says who runs, for people who look into the folder.</summary>
    public void Announce(int port, string version) =>
        PrivateFile.Write(_run.PidFile, JsonSerializer.SerializeToUtf8Bytes(new(Environment.ProcessId, port, version), RunJson.Default.RunFile), DiskPlace.Run);

    public void Dispose()
    {
        try
        {
            RemoveTraces();
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            // The next daemon removes them, or says why it cannot.
        }
        _lock.Dispose();
    }

    void RemoveTraces()
    {
        File.Delete(_run.Socket);
        File.Delete(_run.PidFile);
    }
}

sealed record RunFile(int Pid, int Port, string Version);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RunFile))]
sealed partial class RunJson : JsonSerializerContext;
