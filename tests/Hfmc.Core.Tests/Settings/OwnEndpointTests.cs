using Hfmc.Core.Settings;
using Xunit;

namespace Hfmc.Core.Tests.Settings;

public sealed class OwnEndpointTests : IDisposable
{
    readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Theory]
    [InlineData("http://localhost:9090")]
    [InlineData("http://127.0.0.1:9090/")]
    [InlineData("http://[::1]:9090")]
    [InlineData("http://0.0.0.0:9090")]
    [InlineData("https://localhost:9090")]
    public void An_endpoint_that_is_this_machines_own_daemon_is_not_followed(string endpoint)
    {
        var settings = Load(("HF_ENDPOINT", endpoint));

        Assert.Equal(endpoint.TrimEnd('/'), settings.IgnoredEndpoint?.Text);
        Assert.Equal(["https://hf-mirror.com", "https://huggingface.co"], settings.Sources.Select(source => source.Text));
        Assert.Equal("https://huggingface.co", settings.TokenHome.Text);
        Assert.Equal("default", settings.Chosen.Single(chosen => chosen.Key == SettingKeys.Sources).Origin);
    }

    [Fact]
    public void Then_the_sources_of_the_file_hold()
    {
        _temp.File(".hfmc/config.json", """{ "port": 7000, "sources": ["https://hub.example.org"] }""");

        Assert.Equal(["https://hub.example.org"], Load(("HF_ENDPOINT", "http://localhost:7000")).Sources.Select(source => source.Text));
        Assert.Equal(["https://hub.example.org"], HfmcSettings.Look(SettingKeys.Sources, TestEnvironment.In(_temp, ("HF_ENDPOINT", "http://localhost:7000"))).Words);
    }

    [Theory]
    [InlineData("http://localhost:9191")]
    [InlineData("http://192.168.1.7:9090")]
    [InlineData("https://hub.example.org")]
    public void Any_other_endpoint_is_the_only_source_and_the_tokens_home(string endpoint)
    {
        var settings = Load(("HF_ENDPOINT", endpoint));

        Assert.Null(settings.IgnoredEndpoint);
        Assert.Equal([endpoint], settings.Sources.Select(source => source.Text));
        Assert.Equal(endpoint, settings.TokenHome.Text);
    }

    [Fact]
    public void The_port_of_the_running_daemon_counts_too()
    {
        (string, string)[] variables = [("XDG_RUNTIME_DIR", _temp.Folder("run")), ("HF_ENDPOINT", "http://localhost:9191")];
        var run = HomePaths.From(TestEnvironment.In(_temp, variables)).Run;
        Directory.CreateDirectory(run.Path);
        File.WriteAllText(run.PidFile, """{ "pid": 1, "port": 9191 }""");

        Assert.NotNull(Load(variables).IgnoredEndpoint);
    }

    HfmcSettings Load(params (string Name, string Value)[] variables) =>
        HfmcSettings.Load(TestEnvironment.In(_temp, variables), SettingsInput.Nothing);
}
