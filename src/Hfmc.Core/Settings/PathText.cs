using System.Text.RegularExpressions;

namespace Hfmc.Core.Settings;

/// <summary>What people write for a folder: <c>~</c>, and for huggingface_hub's variables <c>$NAME</c> too.</summary>
static partial class PathText
{
    /// <summary>The home of the user: HOME, else what the system says.</summary>
    public static string UserHome(ProcessEnvironment environment)
    {
        var home = environment["HOME"] ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return Path.IsPathFullyQualified(home) ? home : throw new InputException("the home folder is unknown: set HOME to an absolute path");
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
