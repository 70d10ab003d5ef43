namespace Hfmc.Core.Transfers;

/// <summary>
/// How many connections to one source a blob is worth: a few at first, twice as many as long as doubling brings clearly more
/// bytes, and back when it does not. One connection may fill the line, or be held to a fraction of it by who serves it.
/// </summary>
/// <param name="most">How many at the most.</param>
/// <param name="time">The clock.</param>
public sealed class CrewSize(int most, TimeProvider time)
{
    /// <summary>Some of the steps in which slow bytes are handed on, for a rate that means something; short beside the download of a big blob.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a doubling that was in vain is not tried again.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    const int First = 2;
    const double WorthIt = 1.2;

    readonly long _begun = time.GetTimestamp();
    TimeSpan? _untilFirstByte;
    TimeSpan _from;
    long _bytes;
    TimeSpan _restsUntil;
    (int Size, double Rate)? _before;

    public int Value { get; private set; } = Math.Min(First, most);

    /// <summary>Looks at how many bytes have come so far.</summary>
    public void Observe(long received)
    {
        var now = time.GetElapsedTime(_begun);
        if (_untilFirstByte is null)
        {
            if (received > 0)
                (_untilFirstByte, _from, _bytes) = (now, now, received);
            return;
        }
        if (now <= _from)
            _bytes = received;
        if (now - _from < Look)
            return;

        var rate = (received - _bytes) / (now - _from).TotalSeconds;
        (_from, _bytes) = (now, received);
        if (_before is { } before && rate < before.Rate * WorthIt)
            (Value, _restsUntil) = (before.Size, now + Rest);
        _before = null;
        if (Value < most && now >= _restsUntil)
            Double(rate, now, _untilFirstByte.Value);
    }

    // What the new ones bring shows when as much time has passed as the first ones took to begin.
    void Double(double rate, TimeSpan now, TimeSpan untilFirstByte)
    {
        _before = (Value, rate);
        Value = Math.Min(2 * Value, most);
        _from = now + untilFirstByte;
    }
}
