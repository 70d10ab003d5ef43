using System.Diagnostics;
using System.Net;
using Hfmc.Core.Repos;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Serving;

/// <summary>In a cache of several users one of them could lead another one's daemon to files that only that one may read.</summary>
public sealed class ForeignLinksTests : DaemonTest
{
    static readonly BytesContent s_model = BytesContent.Of("a model of this size"), s_private = BytesContent.Of("a secret of its size");

    [Theory(Timeout = 120_000)]
    [InlineData("65534", HttpStatusCode.NotFound)]
    [InlineData("0", HttpStatusCode.OK)]
    public async Task A_link_of_another_user_in_the_place_of_a_blob_is_not_followed_and_one_of_the_owner_is(string owner, HttpStatusCode status)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "another user's link can be made by root only");
        Daemon.Put("acme/tiny", isPublic: true, ("model.bin", s_model));
        var blob = Daemon.Cache.Repo(RepoId.Parse("acme/tiny")).BlobFile(s_model.Sha256);
        using var outside = new TempFolder();
        await File.WriteAllBytesAsync(outside.File("private"), s_private.ToArray(), Cancelled);
        File.Delete(blob);
        File.CreateSymbolicLink(blob, outside.File("private"));
        using (var chown = Process.Start("chown", ["-h", owner, blob]))
            await chown.WaitForExitAsync(Cancelled);

        using var asked = await Daemon.GetAsync($"/peer/v1/blobs/{s_model.Sha256}");
        using var bundle = await Daemon.Http.PostAsync(new Uri("/peer/v1/bundle", UriKind.Relative), new StringContent($$"""{"etags":["{{s_model.Sha256}}"]}"""), Cancelled);

        Assert.Equal(s_model.Size, s_private.Size);
        Assert.Equal(status, asked.StatusCode);
        Assert.Equal(status is HttpStatusCode.OK, (await bundle.Content.ReadAsStringAsync(Cancelled)).Contains("a secret", StringComparison.Ordinal));
    }
}
