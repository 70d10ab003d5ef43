using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Serving;

/// <summary>The bodies that are being sent: so many in all, so many to one peer. Who comes beyond that is told when to come again.</summary>
sealed class OpenBodies
{
    /// <summary>In all, and to one peer: some blobs at a time, with the requests that one of them has open.</summary>
    public const int Most = 512, MostOfPeer = 64;

    // Seconds: a body has ended by then, or the asker has found another peer.
    const string ComeAgainAfter = "1";

    readonly Lock _lock = new();
    readonly Dictionary<Asker, int> _open = [];
    int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>A place until the answer is disposed; null when there is none.</summary>
    public IDisposable? Enter(Asker asker)
    {
        lock (_lock)
        {
            var open = _open.GetValueOrDefault(asker);
            if (_count >= Most || (asker.IsPeer && open >= MostOfPeer))
                return null;
            _count++;
            _open[asker] = open + 1;
        }
        return new Leaving(this, asker);
    }

    /// <summary>Answers that this daemon is busy.</summary>
    public static void Refuse(HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        response.Headers.RetryAfter = ComeAgainAfter;
    }

    void Leave(Asker asker)
    {
        lock (_lock)
        {
            _count--;
            if (--_open[asker] is 0)
                _open.Remove(asker);
        }
    }

    sealed class Leaving(OpenBodies bodies, Asker asker) : IDisposable
    {
        public void Dispose() => bodies.Leave(asker);
    }
}
