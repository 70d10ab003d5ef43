namespace Hfmc.Core.Planning;

/// <summary>How long ago something was, for people: <c>12 s</c>, <c>5 min</c>, <c>3 h</c>, <c>12 days</c>.</summary>
static class AgeText
{
    public static string Of(TimeSpan age) => age switch
    {
        { TotalMinutes: < 2 } => $"{age.TotalSeconds:0} s",
        { TotalHours: < 2 } => $"{age.TotalMinutes:0} min",
        { TotalDays: < 2 } => $"{age.TotalHours:0} h",
        _ => $"{age.TotalDays:0} days",
    };
}
