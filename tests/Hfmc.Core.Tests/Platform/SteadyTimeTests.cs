using Hfmc.Core.Platform;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Platform;

public sealed class SteadyTimeTests : IDisposable
{
    readonly TempFolder _folder = new();
    readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(-90, true)] // minutes: written an hour and a half ago
    [InlineData(-1, false)]
    [InlineData(1, false)] // a clock that is a little behind that of the disk's machine
    [InlineData(90, true)] // written while the clock was wrong
    public void A_file_of_the_future_is_old(int minutes, bool isOld)
    {
        var file = Path.Combine(_folder.Path, "x");
        File.WriteAllText(file, "");
        File.SetLastWriteTimeUtc(file, _time.GetUtcNow().UtcDateTime + TimeSpan.FromMinutes(minutes));

        Assert.Equal(isOld, _time.AgeOf(file) > TimeSpan.FromHours(1));
    }
}
