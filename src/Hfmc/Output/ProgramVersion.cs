using System.Reflection;

namespace Hfmc.Output;

/// <summary>The version of this program, without the commit that the build adds.</summary>
static class ProgramVersion
{
    public static string Text { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>How the program names itself to upstreams.</summary>
    public static string UserAgent => $"hfmc/{Text}";
}
