namespace Hfmc.Testing;

/// <summary>One thing that goes wrong, for which requests, and how often.</summary>
public sealed class Fault(FaultKind kind, long bytes = 0)
{
    readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _struck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Lock _lock = new();
    int _seen, _strikes;

    public FaultKind Kind { get; } = kind;

    /// <summary>The number that the kind speaks of: bytes, or bytes per second.</summary>
    public long Bytes { get; } = bytes;

    public HubSide Side { get; init; }

    /// <summary>A file's path in its repo; or, with a leading <c>/</c>, the start of the request's path (<c>/</c> is every request); null for every file.</summary>
    public string? Path { get; init; }

    /// <summary>Only requests of this method; null for all.</summary>
    public string? Method { get; init; }

    /// <summary>Spares the first so many matching requests.</summary>
    public int After { get; init; }

    /// <summary>Strikes at most so many requests; null for ever.</summary>
    public int? Times { get; init; }

    /// <summary>Of <see cref="FaultKind.Latency"/>: how long. Of <see cref="FaultKind.TooManyRequests"/>: what Retry-After says.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Where <see cref="FaultKind.RedirectElsewhere"/> leads.</summary>
    public Uri? Location { get; init; }

    /// <summary>The header that <see cref="FaultKind.MissingHeader"/> leaves out; the value of <see cref="FaultKind.OddContentRange"/>; the coding of <see cref="FaultKind.Packed"/>.</summary>
    public string? Header { get; init; }

    /// <summary>How many requests it struck.</summary>
    public int Strikes => _strikes;

    /// <summary>Completes when it first struck; for a hang, when the bytes before it have left.</summary>
    public Task Struck => _struck.Task;

    /// <summary>Lets hanging answers go on.</summary>
    public void Release() => _released.TrySetResult();

    internal Task Released => _released.Task;

    internal void MarkStruck() => _struck.TrySetResult();

    internal bool TryStrike(HubRequest request)
    {
        if (!Matches(request))
            return false;
        lock (_lock)
        {
            if (_seen++ < After || _strikes >= Times)
                return false;
            _strikes++;
        }

        if (Kind is not FaultKind.HangAfter)
            MarkStruck();
        return true;
    }

    bool Matches(HubRequest request) =>
        (Side is HubSide.Any || Side == request.Side)
        && (Method is null || Method == request.Seen.Method)
        && (Path is null ? request.File is not null
            : Path.StartsWith('/') ? request.Target.RawPath.StartsWith(Path, StringComparison.Ordinal)
            : request.File == Path);
}
