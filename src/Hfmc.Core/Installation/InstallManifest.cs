using System.Text.Json;
using System.Text.Json.Serialization;
using Hfmc.Core.Platform;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;

namespace Hfmc.Core.Installation;

/// <summary>
/// What <c>./install</c> put under a prefix, after <c>PREFIX/share/hfmc/install.json</c>:
/// <c>{"version":"0.1.0","files":["bin/hfmc"],"folders":["share/hfmc"]}</c>; the folders are those that it made.
/// </summary>
public sealed class InstallManifest
{
    const int Largest = 1 << 20;
    const string Name = "share/hfmc/install.json";

    readonly string _prefix;
    readonly IReadOnlyList<string> _folders;

    InstallManifest(string prefix, IReadOnlyList<string> files, IReadOnlyList<string> folders) => (_prefix, Files, _folders) = (prefix, files, folders);

    /// <summary>Absolute paths below the prefix that lead through no link; this list may go.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>The manifest that lists <paramref name="program"/> as <c>PREFIX/bin/NAME</c>; null when the program was not installed so.</summary>
    public static InstallManifest? Of(string program)
    {
        if (Path.GetDirectoryName(program) is not { } bin || Path.GetFileName(bin) is not "bin" || Path.GetDirectoryName(bin) is not { } prefix)
            return null;
        var file = Path.Combine(prefix, Name);
        if (PrivateFile.ReadText(file, Largest, DiskPlace.Program) is not { } text)
            return null;
        try
        {
            var said = JsonSerializer.Deserialize(text, InstallJson.Default.InstallFile);
            var files = Inside(prefix, (said?.Files ?? []).Append(Name));
            return files.Contains(program) ? new(prefix, files, Inside(prefix, said?.Folders ?? [])) : null;
        }
        catch (JsonException error)
        {
            throw new InputException($"{file} is not a list of installed files: delete it, and remove {program} by hand", error);
        }
    }

    /// <summary>Deletes the files, links themselves and not what they lead to, and the folders that installing made, if they are empty now.</summary>
    public void Remove()
    {
        foreach (var file in Files)
            DiskFailure.Guard($"delete {file}", () => File.Delete(file), DiskPlace.Program);
        foreach (var folder in _folders.OrderByDescending(folder => folder.Length))
            DiskFailure.Guard($"delete {folder}", () => EmptyFolders.TryRemove(folder), DiskPlace.Program);
    }

    // The manifest is a file that anybody may have changed: names that lead elsewhere are passed over.
    static string[] Inside(string prefix, IEnumerable<string> names) =>
        [.. names.Select(name => FilePath.TryParse(name, out var path) ? path.Below(prefix) : null).OfType<string>().Where(path => !IsBehindLink(prefix, path)).Distinct()];

    static bool IsBehindLink(string prefix, string path)
    {
        for (var at = Path.GetDirectoryName(path); at is not null && at.Length > prefix.Length; at = Path.GetDirectoryName(at))
            if (new DirectoryInfo(at).LinkTarget is not null)
                return true;
        return false;
    }
}

sealed record InstallFile(string? Version, string[]? Files, string[]? Folders);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(InstallFile))]
sealed partial class InstallJson : JsonSerializerContext;
