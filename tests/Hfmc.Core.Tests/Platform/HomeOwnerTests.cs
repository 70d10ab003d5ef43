using Hfmc.Core.Platform;
using Xunit;

namespace Hfmc.Core.Tests.Platform;

public sealed class HomeOwnerTests
{
    [Theory]
    [InlineData(0u, "/home/bob/.hfmc", "/home/bob", 1000u)]
    [InlineData(0u, "/home/bob/.cache/x/y", "/home/bob/.cache", 1000u)]
    [InlineData(0u, "/var/superuser/.hfmc", null, 0u)]
    [InlineData(0u, "/srv/hfmc", null, 0u)]
    [InlineData(1000u, "/home/alice/.hfmc", null, 0u)]
    [InlineData(1000u, "/home/bob/.hfmc", null, 0u)]
    public void Root_is_refused_where_somebody_else_owns_the_home_or_what_is_above_it(uint user, string home, string? folder, uint owner)
    {
        var owners = new Dictionary<string, uint> { ["/"] = 0, ["/var/superuser"] = 0, ["/home"] = 0, ["/home/bob"] = 1000, ["/home/bob/.cache"] = 1000, ["/home/alice"] = 1001 };

        var refused = HomeOwner.OtherOwner(user, home, path => owners.TryGetValue(path, out var known) ? known : null);

        Assert.Equal(folder is null ? null : (folder, owner), refused);
    }
}
