using Hfmc.Core.Platform;

namespace Hfmc.Core.Settings;

/// <summary>Reads the folder of the cache, whose <c>hub</c> folder holds the repos.</summary>
static class CachePath
{
    /// <summary>The absolute path without a closing slash; a <see cref="FormatException"/> for a folder that is itself a hub.</summary>
    public static string Read(IReadOnlyList<string> words, SettingPlace place)
    {
        var text = PathText.ExpandHome(SettingWords.Single(words), place.Environment);
        if (text.Any(char.IsControl))
            throw new FormatException($"{SettingWords.Quote(text)} is not a folder: it holds control characters");
        if (!Path.IsPathFullyQualified(text) && place.RelativeTo is null)
            throw new FormatException($"{SettingWords.Quote(text)} is not an absolute path: want for example /data/hfmc or ~/models");

        var folder = Path.TrimEndingDirectorySeparator(place.RelativeTo is { } start ? Path.GetFullPath(text, start) : Path.GetFullPath(text));
        if (File.Exists(folder) && new FileInfo(folder).LinkTarget is null)
            throw new FormatException($"{folder} is a file: name a folder");
        if (!IsHub(folder))
            return folder;
        throw new FormatException(Path.GetFileName(folder) is "hub"
            ? $"{folder} is itself a hub folder: use its parent, {Path.GetDirectoryName(folder)}"
            : $"{folder} is itself a hub folder, and the cache is the folder around one named 'hub': "
                + $"rename it to {Path.Combine(Path.GetDirectoryName(folder) ?? folder, "hub")} and use its parent, {Path.GetDirectoryName(folder)}");
    }

    static bool IsHub(string folder)
    {
        try
        {
            return Directory.Exists(folder)
                && (Directory.EnumerateDirectories(folder, "models--*").Any() || Directory.EnumerateDirectories(folder, "datasets--*").Any());
        }
        catch (Exception error) when (DiskFailure.Is(error))
        {
            // What cannot be listed fails with its own words when it is used.
            return false;
        }
    }
}
