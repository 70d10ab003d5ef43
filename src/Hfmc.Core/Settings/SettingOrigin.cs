namespace Hfmc.Core.Settings;

/// <summary>Where a value came from, in the words of <c>conf show</c>.</summary>
public static class SettingOrigin
{
    public const string Option = "option", ConfigFile = "config.json", Default = "default";

    public static string Of(string variable) => $"environment {variable}";
}
