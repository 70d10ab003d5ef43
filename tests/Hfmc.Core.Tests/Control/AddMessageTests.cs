using System.Text.Json;
using Hfmc.Core.Control;
using Xunit;

namespace Hfmc.Core.Tests.Control;

public sealed class AddMessageTests
{
    [Theory]
    [InlineData("""{"repo_type":"model","repo":"acme/tiny","revision":"main"}""")]
    [InlineData("""{"repo_type":"model","repo":"acme/tiny","revision":"main","files":null,"include":null,"exclude":null,"upstreams":null}""")]
    public void Lists_that_are_left_out_are_empty(string json)
    {
        var (request, caller) = JsonSerializer.Deserialize(json, ControlJson.Default.AddMessage)!.Parse();

        Assert.Equal("acme/tiny", request.Repo.Id);
        Assert.Empty(request.Files);
        Assert.Empty(request.Include);
        Assert.Empty(request.Exclude);
        Assert.Empty(caller.Upstreams);
    }
}
