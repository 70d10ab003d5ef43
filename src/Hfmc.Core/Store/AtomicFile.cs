namespace Hfmc.Core.Store;

/// <summary>Small files that are seen whole or not at all: written under another name, then renamed.</summary>
static class AtomicFile
{
    /// <summary>A name that no reader of the cache looks at, in a folder on the same volume.</summary>
    public static string TemporaryIn(string folder) => Path.Combine(folder, $"{Guid.NewGuid().ToString("N")[..8]}.tmp");

    /// <summary>
    /// Replaces <paramref name="path"/>; the temporary file lies in <paramref name="temporaryFolder"/>, which must exist.
    /// </summary>
    public static void Write(string path, ReadOnlySpan<byte> content, string temporaryFolder)
    {
        var temporary = TemporaryIn(temporaryFolder);
        try
        {
            File.WriteAllBytes(temporary, content);
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
