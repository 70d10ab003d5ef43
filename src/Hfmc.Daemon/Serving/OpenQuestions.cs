using System.Net;
using Microsoft.AspNetCore.Http;

namespace Hfmc.Daemon.Serving;

/// <summary>
/// The questions that are being read: each may take as much memory as the longest has bytes. Who comes beyond that waits a little, and
/// is cut off then.
/// </summary>
sealed class OpenQuestions(TimeProvider time)
{
    /// <summary>At one time, in all and from one address.</summary>
    public const int Most = 64, MostOfAddress = 16;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5), Glance = TimeSpan.FromMilliseconds(50);

    readonly Lock _lock = new();
    readonly Dictionary<IPAddress, int> _open = [];
    int _count;

    /// <summary>A place until it is disposed.</summary>
    /// <exception cref="OperationCanceledException">There was none; the connection is cut.</exception>
    public async ValueTask<IDisposable> EnterAsync(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress ?? IPAddress.None;
        for (var begun = time.GetTimestamp(); ; await Task.Delay(Glance, time, context.RequestAborted))
        {
            if (TryEnter(address))
                return new Place(this, address);
            if (time.GetElapsedTime(begun) < Patience)
                continue;
            context.Abort();
            throw new OperationCanceledException("there was no place for one more question");
        }
    }

    bool TryEnter(IPAddress address)
    {
        lock (_lock)
        {
            var open = _open.GetValueOrDefault(address);
            if (_count >= Most || open >= MostOfAddress)
                return false;
            _count++;
            _open[address] = open + 1;
            return true;
        }
    }

    void Leave(IPAddress address)
    {
        lock (_lock)
        {
            _count--;
            if (--_open[address] is 0)
                _open.Remove(address);
        }
    }

    sealed class Place(OpenQuestions questions, IPAddress address) : IDisposable
    {
        public void Dispose() => questions.Leave(address);
    }
}
