using System.Text.RegularExpressions;
using Xunit;

namespace Hfmc.Core.Tests.Conventions;

/// <summary>Pauses and freshness are counted with a clock that does not jump: the wall clock is for dates that are shown, written or compared with certificates.</summary>
public sealed partial class ClockTests
{
    // What each needs a date for.
    static readonly string[] s_dates =
    [
        "Conduct.cs", // shown: when a source is asked again
        "RetryAdvice.cs", // a date in an answer, bounded
        "ClusterPass.cs", "CertificateProblem.cs", // certificates
        "ModelImport.cs", "RecordKeeping.cs", "RepoViews.cs", "LocalFolder.cs", // written into records
        "KnownListing.cs", // the date of a ref, bounded
        "FailureNotes.cs", // what another command has noted, bounded
        "SteadyTime.cs", // dates of files, bounded
        "XetGrants.cs", // told to clients
        "FileLog.cs", "DaemonStatusReport.cs", "PeerLines.cs", // shown
    ];

    [Fact]
    public void The_wall_clock_is_read_for_dates_alone()
    {
        var users = Directory.EnumerateFiles(RoomsTests.SourceFolder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && WallClock().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetFileName(file)).Except(s_dates);

        Assert.Empty(users);
    }

    [GeneratedRegex(@"\.GetUtcNow\(\)|\.GetLocalNow\(\)")]
    private static partial Regex WallClock();
}
