using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Hfmc.Core.Platform;

/// <summary>Pipes, sockets and devices, which .NET shows as files: opening one may wait for ever.</summary>
static partial class SpecialFile
{
    // statx, because its buffer has one layout on every Linux processor; stat's differs.
    const int BufferSize = 256, ModeOffset = 28;
    const int FromCurrentFolder = -100, DoNotFollowLinks = 0x100;
    const uint WantType = 0x1;
    const int TypeMask = 0xF000, RegularFile = 0x8000, Folder = 0x4000, Link = 0xA000;

    /// <summary>True when it is neither a regular file nor a folder nor a link; false where the system does not say.</summary>
    public static bool Is(string path)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        Span<byte> buffer = stackalloc byte[BufferSize];
        try
        {
            return Statx(FromCurrentFolder, path, DoNotFollowLinks, WantType, ref MemoryMarshal.GetReference(buffer)) is 0
                && (BinaryPrimitives.ReadUInt16LittleEndian(buffer[ModeOffset..]) & TypeMask) is not (RegularFile or Folder or Link);
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte buffer);
}
