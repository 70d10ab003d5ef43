using System.Net.Sockets;
using Hfmc.Core.Platform;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Core.Tests.Platform;

public sealed class SocketUserTests
{
    [Fact]
    public async Task The_system_says_who_is_at_the_other_end()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux is asked");
        using var folder = new TempFolder();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(folder.File("s")));
        listener.Listen();
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(folder.File("s")), TestContext.Current.CancellationToken);
        using var accepted = await listener.AcceptAsync(TestContext.Current.CancellationToken);

        Assert.Equal(PosixUser.Id, SocketUser.Of(accepted));
        Assert.True(SocketUser.IsOwnOrRoot(accepted));
    }

    [Theory]
    [InlineData(1000u, 1000u, true)]
    [InlineData(0u, 1000u, true)]
    [InlineData(1001u, 1000u, false)]
    [InlineData(1000u, 0u, false)]
    public void Nobody_but_the_owner_and_root_is_let_in(uint user, uint own, bool isLetIn) => Assert.Equal(isLetIn, SocketUser.IsOwnOrRoot(user, own));

    [Fact]
    public void On_Linux_somebody_unknown_is_somebody_else() => Assert.Equal(!OperatingSystem.IsLinux(), SocketUser.IsOwnOrRoot(null, 1000));
}
