namespace Hfmc.Core.Settings;

/// <summary>
/// Gives .NET a home folder where the system names none (no HOME, a user without a passwd entry): it looks for certificates below it
/// whenever TLS starts, and throws without one.
/// </summary>
public static class RuntimeHome
{
    /// <summary>Sets HOME for this process and its children to what <see cref="PathText.UserHome"/> says, if it is not set.</summary>
    public static void Provide()
    {
        var environment = ProcessEnvironment.Current();
        if (environment["HOME"] is not null)
            return;
        try
        {
            Environment.SetEnvironmentVariable("HOME", PathText.UserHome(environment));
        }
        catch (InputException)
        {
            // A command that needs a home says so itself.
        }
    }
}
