namespace Hfmc.Core.Platform;

/// <summary>A number that changes with each start of the machine: what was written before it may not have reached the disk.</summary>
public static class BootId
{
    const string LinuxBootId = "/proc/sys/kernel/random/boot_id";

    /// <summary>0 where the system does not tell: journal entries are then always checked against their bytes.</summary>
    public static ulong Current { get; } = Read();

    static ulong Read()
    {
        try
        {
            return File.Exists(LinuxBootId) && Guid.TryParse(File.ReadAllText(LinuxBootId), out var boot)
                ? BitConverter.ToUInt64(boot.ToByteArray())
                : 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
