using System.Text.RegularExpressions;
using Hfmc.Core.Platform;

namespace Hfmc.Core.Settings;

/// <summary>What people write for a folder: <c>~</c>, and for huggingface_hub's variables <c>$NAME</c> too.</summary>
public static partial class PathText
{
    /// <summary>
    /// The home of the user: HOME, else what the system says, else HFMC_HOME, so that a user who has no home (a container, a service)
    /// needs to say one thing only. The root folder counts as a home for root alone: containers say it for every other user.
    /// </summary>
    public static string UserHome(ProcessEnvironment environment) =>
        HomeOf(environment.Trimmed("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile))
        ?? HomeOf(environment.Trimmed(HomePaths.Variable))
        ?? throw new InputException("the home folder is unknown: set HOME or HFMC_HOME to an absolute path");

    static string? HomeOf(string? said) =>
        Path.IsPathFullyQualified(said ?? "") && (Path.GetDirectoryName(said) is not null || PosixUser.Id is 0) ? said : null;

    /// <summary>An absolute path from what was typed, relative to the current folder; <c>~name</c> is an <see cref="InputException"/>.</summary>
    /// <param name="place">What an error begins with, such as <c>--local-dir</c>.</param>
    /// <param name="withVariables">Expand <c>$NAME</c> too, as huggingface_hub does in its own variables.</param>
    public static string Absolute(string text, string place, ProcessEnvironment environment, bool withVariables = false)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text)
                ? throw new FormatException("names no folder")
                : Path.GetFullPath(withVariables ? ExpandAll(text, environment) : ExpandHome(text, environment));
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            throw new InputException($"{place}: {error.Message}", error);
        }
    }

    /// <summary>Replaces a leading <c>~</c>; <c>~name</c> is a <see cref="FormatException"/>.</summary>
    public static string ExpandHome(string text, ProcessEnvironment environment) => text switch
    {
        "~" => UserHome(environment),
        ['~', '/' or '\\', .. var rest] => Path.Combine(UserHome(environment), rest.TrimStart('/')),
        ['~', ..] => throw new FormatException("another user's ~ is not expanded here: write the whole path"),
        _ => text,
    };

    /// <summary>As Python's expandvars after expanduser: <c>$NAME</c> and <c>${NAME}</c>, which stay when they are not set.</summary>
    public static string ExpandAll(string text, ProcessEnvironment environment) =>
        Variable().Replace(ExpandHome(text, environment), match => environment[match.Groups["name"].Value] ?? match.Value);

    [GeneratedRegex(@"\$(?:\{(?<name>\w+)\}|(?<name>\w+))", RegexOptions.ExplicitCapture)]
    private static partial Regex Variable();
}
