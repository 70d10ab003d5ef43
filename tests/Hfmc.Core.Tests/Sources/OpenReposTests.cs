using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Sources;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Sources;

public sealed class OpenReposTests
{
    readonly ManualTime _time = new();

    [Theory]
    [InlineData(-24)]
    [InlineData(24)]
    public void A_proof_opens_a_repo_for_its_time_whatever_the_clock_is_set_to(int hours)
    {
        var (open, node) = (new OpenRepos(_time), NodeId.New());
        open.Open(node, RepoId.Parse("acme/secret"), CommitId.TryParse(new string('a', 40), out var commit) ? commit : default);

        _time.Jump(TimeSpan.FromHours(hours));
        Assert.Single(open.OpenTo(node));
        _time.Advance(OpenRepos.Lifetime);
        Assert.Empty(open.OpenTo(node));
    }
}
