namespace Hfmc.Daemon.Serving;

/// <summary>Those who are being told of blobs. What each wants to hear of is kept for as long as it listens, so names are counted, not listeners alone.</summary>
sealed class OpenListeners
{
    /// <summary>Listeners in all and of one asker, and the names that these may want to hear of.</summary>
    public const int Most = 512, MostOfAsker = 64, MostNames = 1 << 17, MostNamesOfAsker = 1 << 15;

    readonly Lock _lock = new();
    readonly Dictionary<Asker, (int Listeners, int Names)> _open = [];
    int _count, _names;

    public int Count => Volatile.Read(ref _count);

    /// <summary>A place until it is disposed; null when there is none.</summary>
    public IDisposable? Enter(Asker asker, int names)
    {
        lock (_lock)
        {
            var (listeners, wanted) = _open.GetValueOrDefault(asker);
            if (_count >= Most || listeners >= MostOfAsker || _names + names > MostNames || wanted + names > MostNamesOfAsker)
                return null;
            Change(asker, 1, names);
        }
        return new Place(this, asker, names);
    }

    void Change(Asker asker, int listeners, int names)
    {
        var before = _open.GetValueOrDefault(asker);
        (_count, _names) = (_count + listeners, _names + names);
        if (before.Listeners + listeners is 0)
            _open.Remove(asker);
        else
            _open[asker] = (before.Listeners + listeners, before.Names + names);
    }

    sealed class Place(OpenListeners open, Asker asker, int names) : IDisposable
    {
        public void Dispose()
        {
            lock (open._lock)
                open.Change(asker, -1, -names);
        }
    }
}
