using System.Text;

namespace Hfmc.Core.Platform;

/// <summary>
/// Small files of one user (mode 0600, in folders made with 0700) that appear whole or not at all.
/// What the disk refuses is a <see cref="DiskException"/> that names the path.
/// </summary>
public static class PrivateFile
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The text, or null when there is no such file. More than <paramref name="limit"/> bytes are an <see cref="InputException"/>.</summary>
    public static string? ReadText(string path, int limit, DiskPlace place)
    {
        try
        {
            // Read to the end rather than by length: the path may be a pipe, as <(secret) is.
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var buffer = new byte[stream is { CanSeek: true, Length: > 0 and var length } ? Math.Min(length, limit) + 1 : limit + 1];
            var read = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            if (read > limit || (read == buffer.Length && stream.ReadByte() >= 0))
                throw new InputException($"{path} is larger than {limit} bytes, so it is not what it should be: correct or delete it");
            var content = buffer.AsSpan(0, read);
            return Encoding.UTF8.GetString(content.StartsWith(Encoding.UTF8.Preamble) ? content[Encoding.UTF8.Preamble.Length..] : content);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            throw DiskFailure.Of($"read {path}", error, place);
        }
    }

    /// <summary>Replaces the file; where it is a link, what the link leads to.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content, DiskPlace place)
    {
        try
        {
            var target = new FileInfo(path).LinkTarget is null ? path : File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
            var temporary = WriteTemporary(target, content);
            MoveOrDelete(temporary, target, overwrite: true);
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            throw DiskFailure.Of($"write {path}", error, place);
        }
    }

    /// <summary>Makes the file; false when it is there already, maybe since a moment ago by another process.</summary>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content, DiskPlace place)
    {
        try
        {
            if (File.Exists(path))
                return false;
            var temporary = WriteTemporary(path, content);
            if (!NativeFiles.TryHardLink(temporary, path))
                return TryMove(temporary, path);
            File.Delete(temporary);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            throw DiskFailure.Of($"write {path}", error, place);
        }
    }

    /// <summary>False when there was no such file.</summary>
    public static bool Delete(string path, DiskPlace place)
    {
        try
        {
            if (!File.Exists(path))
                return false;
            File.Delete(path);
            return true;
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            throw DiskFailure.Of($"delete {path}", error, place);
        }
    }

    static string WriteTemporary(string target, ReadOnlySpan<byte> content)
    {
        PrivateFolder.CreateMissing(Path.GetDirectoryName(target) ?? target);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;

        var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
        using var stream = new FileStream(temporary, options);
        try
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
            return temporary;
        }
        catch (IOException)
        {
            File.Delete(temporary);
            throw;
        }
    }

    // A link is refused where a file is; a move without overwriting first looks and then moves, and two may look together.
    // It is for volumes that have no links.
    static bool TryMove(string temporary, string path)
    {
        var isThere = File.Exists(path);
        if (isThere)
            File.Delete(temporary);
        else
            MoveOrDelete(temporary, path, overwrite: false);
        return !isThere;
    }

    static void MoveOrDelete(string temporary, string target, bool overwrite)
    {
        try
        {
            File.Move(temporary, target, overwrite);
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            File.Delete(temporary);
            throw;
        }
    }
}
