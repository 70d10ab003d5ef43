using System.Globalization;
using Hfmc.Core.Platform;

namespace Hfmc.Core.Store;

/// <summary>
/// A process that publishes blobs: <c>state/sessions/id</c> names machine, boot, process and its start, and is removed when the process
/// ends as it should. One whose process is gone was left by a kill or a power cut. No file is kept open: it would keep the disk from being
/// unmounted.
/// </summary>
sealed class PublishingSession
{
    const int IdLength = 8, Parts = 4;

    // What another machine left in a shared cache cannot be told from what it is doing, for so long.
    static readonly TimeSpan LongestElsewhere = TimeSpan.FromDays(2);

    static readonly string s_machine = string.Concat(Environment.MachineName.Where(char.IsLetterOrDigit));

    readonly string _path;

    PublishingSession(string path) => _path = path;

    public string Id => Path.GetFileName(_path);

    /// <summary>Null where no file can be made: then nothing of it will be doubted.</summary>
    public static PublishingSession? TryBegin(CacheFolder cache)
    {
        var folder = FolderOf(cache);
        var path = Path.Combine(folder, Guid.NewGuid().ToString("N")[..IdLength]);
        try
        {
            Directory.CreateDirectory(folder);
            using (var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write))
            {
                RandomAccess.Write(file, System.Text.Encoding.ASCII.GetBytes(Self()), 0);
                // It has to outlive a power cut that the first blob does not.
                RandomAccess.FlushToDisk(file);
            }
            NativeFiles.SyncFolder(folder);
            NativeFiles.SyncFolder(cache.StateFolder);
            return new(path);
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return null;
        }
    }

    /// <summary>Those whose process is gone and has not said so.</summary>
    public static IEnumerable<PublishingSession> Unclean(CacheFolder cache, TimeProvider time)
    {
        foreach (var path in Files(FolderOf(cache)))
            if (!MayLive(path, time))
                yield return new(path);
    }

    /// <summary>Ends well, or has been seen to: nothing of it is doubted any more.</summary>
    public void End()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            // It stays, and what it published is read once more.
        }
    }

    static string Self() => string.Create(CultureInfo.InvariantCulture, $"{s_machine} {BootId.Current} {Environment.ProcessId} {ProcessStart.Of(Environment.ProcessId)}");

    static bool MayLive(string path, TimeProvider time)
    {
        try
        {
            var parts = File.ReadAllText(path).Split(' ');
            if (parts.Length is not Parts || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var process))
                return false;
            if (parts[0] != s_machine)
                return time.AgeOf(path) < LongestElsewhere;
            return parts[1] == BootId.Current.ToString(CultureInfo.InvariantCulture) && parts[3] == ProcessStart.Of(process)?.ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return true; // Somebody else's, or gone by now.
        }
    }

    static string[] Files(string folder)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetFiles(folder) : [];
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            return [];
        }
    }

    static string FolderOf(CacheFolder cache) => Path.Combine(cache.StateFolder, "sessions");
}
