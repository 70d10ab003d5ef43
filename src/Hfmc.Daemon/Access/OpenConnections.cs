using System.Net;
using Hfmc.Core.Peers;

namespace Hfmc.Daemon.Access;

/// <summary>
/// The connections that are open: so many in all, and so many from one address. When all places are taken, the address that has the
/// most loses its last one to somebody who has fewer: so one address cannot keep out the others.
/// </summary>
sealed class OpenConnections
{
    /// <summary>
    /// In all; from one address; from one of this machine's own, where several nodes and many programs may be; and in all from
    /// addresses that are not answered, which are told so.
    /// </summary>
    public const int Most = 1024, MostOfAddress = 256, MostOfThisMachine = 768, MostOfStrangers = 32;

    readonly Lock _lock = new();
    readonly Dictionary<IPAddress, List<Place>> _open = [];
    int _count, _strangers;

    public int Count => Volatile.Read(ref _count);

    /// <summary>A place until it is disposed; null when there is none. <paramref name="leave"/> takes it away before that.</summary>
    /// <param name="remote">Who comes.</param>
    /// <param name="isStranger">It is told that it gets nothing, and no more.</param>
    /// <param name="leave">Called once at most, when somebody else gets the place.</param>
    public IDisposable? Enter(IPAddress remote, bool isStranger, Action leave)
    {
        var address = remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote;
        Place? gone = null;
        Place place;
        lock (_lock)
        {
            var held = _open.GetValueOrDefault(address)?.Count ?? 0;
            if (held >= (LocalNetworks.IsLoopback(address) ? MostOfThisMachine : MostOfAddress) || (isStranger && _strangers >= MostOfStrangers))
                return null;
            if (_count >= Most)
            {
                var most = _open.Values.MaxBy(places => places.Count);
                if (most is null || most.Count <= held + 1)
                    return null;
                gone = most[^1];
                Remove(gone);
            }
            place = new(this, address, isStranger, leave);
            if (!_open.TryGetValue(address, out var own))
                _open[address] = own = [];
            own.Add(place);
            _count++;
            _strangers += isStranger ? 1 : 0;
        }
        gone?.Leave();
        return place;
    }

    void Remove(Place place)
    {
        if (!_open.TryGetValue(place.Address, out var own) || !own.Remove(place))
            return;
        if (own.Count is 0)
            _open.Remove(place.Address);
        _count--;
        _strangers -= place.IsStranger ? 1 : 0;
    }

    sealed class Place(OpenConnections connections, IPAddress address, bool isStranger, Action leave) : IDisposable
    {
        public IPAddress Address => address;

        public bool IsStranger => isStranger;

        public void Leave() => leave();

        public void Dispose()
        {
            lock (connections._lock)
                connections.Remove(this);
        }
    }
}
