using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Hfmc.Core.Platform;

/// <summary>Who owns a file.</summary>
static partial class FileOwner
{
    // statx, because its buffer has one layout on every Linux processor; stat's differs.
    const int BufferSize = 256, UserIdOffset = 20;
    const int FromCurrentFolder = -100, DoNotFollowLinks = 0x100;
    const uint WantUserId = 0x8;

    /// <summary>The owner's user id, of a link itself rather than its target; null where the system does not say (not Linux, an old libc).</summary>
    public static uint? Of(string path)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        Span<byte> buffer = stackalloc byte[BufferSize];
        try
        {
            return Statx(FromCurrentFolder, path, DoNotFollowLinks, WantUserId, ref MemoryMarshal.GetReference(buffer)) is 0
                ? BinaryPrimitives.ReadUInt32LittleEndian(buffer[UserIdOffset..])
                : null;
        }
        catch (EntryPointNotFoundException)
        {
            return null;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte buffer);
}
