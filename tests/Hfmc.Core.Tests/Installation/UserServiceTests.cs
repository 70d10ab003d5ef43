using Hfmc.Core.Installation;
using Xunit;

namespace Hfmc.Core.Tests.Installation;

public sealed class UserServiceTests
{
    [Fact]
    public void The_unit_runs_the_daemon_with_its_own_folders() =>
        Assert.Contains(
            "Environment=\"HFMC_HOME=/data/my home\"\nExecStart=\"/opt/hfmc/bin/hfmc\" daemon run\n",
            UserService.Unit("/opt/hfmc/bin/hfmc", [("HFMC_HOME", "/data/my home")]));

    [Fact]
    public void What_systemd_would_read_as_its_own_is_quoted()
    {
        var unit = UserService.Unit("/a \"b\"/100%/c\\d", [("HFMC_HOME", "/%h $HOME")]);

        Assert.Contains("""ExecStart="/a \"b\"/100%%/c\\d" daemon run""", unit);
        Assert.Contains("""Environment="HFMC_HOME=/%%h $HOME""", unit);
    }

    [Theory]
    [InlineData("/a\nExecStartPre=/bin/evil")]
    [InlineData("/a$b")]
    public void A_path_that_cannot_be_quoted_is_refused(string program) =>
        Assert.Throws<InputException>(() => UserService.Unit(program, []));

    [Fact]
    public void The_unit_lies_where_systemd_looks()
    {
        Assert.Equal("/home/me/.config/systemd/user/hfmc.service", In(("HOME", "/home/me")));
        Assert.Equal("/conf/systemd/user/hfmc.service", In(("HOME", "/home/me"), ("XDG_CONFIG_HOME", "/conf")));
        Assert.Equal("/home/me/.config/systemd/user/hfmc.service", In(("HOME", "/home/me"), ("XDG_CONFIG_HOME", "relative")));
    }

    static string In(params (string Name, string Value)[] variables) =>
        new UserService(new(variables.ToDictionary(variable => variable.Name, variable => variable.Value))).UnitFile;
}
