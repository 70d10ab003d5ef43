using System.Net;
using Hfmc.Core.Peers;
using Hfmc.Daemon.Serving;
using Hfmc.Testing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Hfmc.Daemon.Tests.Serving;

/// <summary>Those who listen, and those whose questions are being read, are bounded in all and for each address.</summary>
public sealed class OpenListenersTests
{
    readonly OpenListeners _open = new();

    [Fact]
    public void One_asker_has_so_many_listeners_and_so_many_names()
    {
        Assert.Equal(OpenListeners.MostOfAsker, Enumerable.Range(0, 1000).Count(_ => _open.Enter(AskerAt(1), 1) is not null));
        Assert.Equal(OpenListeners.MostNamesOfAsker / PeerProtocol.MostBlobs, Enumerable.Range(0, 1000).Count(_ => _open.Enter(AskerAt(2), PeerProtocol.MostBlobs) is not null));
    }

    [Fact]
    public void All_together_have_so_many_and_a_place_that_is_left_is_free_again()
    {
        var places = new List<IDisposable>();
        for (var host = 1; host < 255; host++)
            while (_open.Enter(AskerAt(host), 2000) is { } place)
                places.Add(place);
        Assert.Equal(OpenListeners.MostNames / 2000, places.Count);
        Assert.Null(_open.Enter(AskerAt(255), 2000));

        places[0].Dispose();

        Assert.NotNull(_open.Enter(AskerAt(255), 2000));
        Assert.Equal(places.Count, _open.Count);
    }

    [Fact(Timeout = 120_000)]
    public async Task Who_asks_too_much_at_once_waits_and_is_cut_off_then()
    {
        var time = new ManualTime();
        var questions = new OpenQuestions(time);
        var places = new List<IDisposable>();
        for (var i = 0; i < OpenQuestions.MostOfAddress; i++)
            places.Add(await questions.EnterAsync(ContextAt(1)));

        var waiting = questions.EnterAsync(ContextAt(1)).AsTask();
        var other = await questions.EnterAsync(ContextAt(2));
        Assert.False(waiting.IsCompleted);
        places[0].Dispose();
        while (!waiting.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }
        (await waiting).Dispose();
        other.Dispose();

        places[0] = await questions.EnterAsync(ContextAt(1));
        var cut = questions.EnterAsync(ContextAt(1)).AsTask();
        while (!cut.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cut);
    }

    static Asker AskerAt(int host) => Asker.Peer(ContextAt(host));

    static DefaultHttpContext ContextAt(int host) => new() { Connection = { RemoteIpAddress = IPAddress.Parse($"192.168.1.{host}") } };
}
