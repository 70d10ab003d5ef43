namespace Hfmc.Core.Settings;

/// <summary>Where words stand, for error messages and for what they may leave out.</summary>
/// <param name="Name">What an error begins with.</param>
/// <param name="RelativeTo">The folder that relative paths are relative to; null where they would mean another folder each time.</param>
sealed record SettingPlace(string Name, string? RelativeTo, ProcessEnvironment Environment)
{
    public static SettingPlace CommandLine(string key, ProcessEnvironment environment) =>
        new(key, System.Environment.CurrentDirectory, environment);

    public static SettingPlace Variable(string variable, ProcessEnvironment environment) =>
        new(variable, System.Environment.CurrentDirectory, environment);

    public static SettingPlace File(string path, string key, ProcessEnvironment environment) => new($"{path}: {key}", null, environment);
}
