using Hfmc.Core.Settings;

namespace Hfmc.Core.Hub;

/// <summary>
/// One HTTP client for each way to the upstreams: a daemon serves commands whose proxies may differ from its own. Safe for several threads.
/// </summary>
public sealed class HubTransports : IDisposable
{
    // Of one user's shells. What is dropped is still in use by somebody, perhaps: its idle connections end by themselves.
    const int Most = 8;

    readonly Lock _lock = new();
    readonly Dictionary<string, HttpMessageInvoker> _byWay = new(StringComparer.Ordinal);

    public HttpMessageInvoker For(ProxySettings proxies)
    {
        var way = string.Join('\n', proxies.Variables.Order().Select(variable => $"{variable.Key}={variable.Value}"));
        lock (_lock)
        {
            if (_byWay.TryGetValue(way, out var known))
                return known;
            if (_byWay.Count >= Most)
                _byWay.Clear();
            return _byWay[way] = HubTransport.Create(proxies);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var transport in _byWay.Values)
                transport.Dispose();
            _byWay.Clear();
        }
    }
}
