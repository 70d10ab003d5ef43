using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hfmc.Testing;

/// <summary>One request from its arrival to its last byte: remembered, answered, spoilt by the faults in force, sent.</summary>
sealed class Exchange(Site site, FakeHubOptions options, FaultList faults, RequestLog log, Throttle? uplink, Func<Uri> endpoint)
{
    readonly BodySender _sender = new(log);

    public async Task HandleAsync(HttpContext http)
    {
        var request = await ReadAsync(http);
        try
        {
            await Task.Delay(options.Latency, http.RequestAborted);
            var wrong = await EarlyFaults.StrikeAsync(faults, request, endpoint(), http.RequestAborted);
            var answer = wrong ?? site.Answer(request);
            var plan = wrong is null ? Spoil(answer, request) : new(answer);
            if (uplink is not null && answer.IsFile)
                plan.Throttles.Add(uplink);
            if (options.BytesPerSecondEach is { } speed && answer.IsFile)
                plan.Throttles.Add(ThrottleOf(http, speed));

            request.Seen.Status = answer.Status;
            await _sender.SendAsync(http, plan, http.RequestAborted);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // The client went away, or the hub is being stopped.
            http.Abort();
        }
    }

    // A connection is shaped from its first answer to its last.
    static Throttle ThrottleOf(HttpContext http, long speed)
    {
        var items = http.Features.GetRequiredFeature<IConnectionItemsFeature>().Items;
        if (items.TryGetValue(typeof(Throttle), out var known) && known is Throttle throttle)
            return throttle;
        throttle = new(speed);
        items[typeof(Throttle)] = throttle;
        return throttle;
    }

    BodyPlan Spoil(Answer answer, HubRequest request)
    {
        var ranged = answer is { IsFile: true, Status: 200 } && request.Seen.Range is not null;
        if (!ranged || request.IsHead || faults.Strike(request, FaultKind.IgnoreRange) is [])
            Ranges.Apply(answer, request.Seen);
        HeaderFaults.Strike(faults, request, answer);
        if (options.Lacks.HasFlag(HubParts.Length))
            answer.Headers.Remove("X-Linked-Size");
        RangeFaults.Strike(faults, request, answer);
        PackingFaults.Strike(faults, request, answer);
        return BodyPlan.Of(answer, request, faults, !options.Lacks.HasFlag(HubParts.Length));
    }

    async Task<HubRequest> ReadAsync(HttpContext http)
    {
        var seen = new SeenRequest(site.Side, http);
        log.Add(seen);
        var target = Target.Of(http.Features.GetRequiredFeature<IHttpRequestFeature>());
        using var body = new StreamReader(http.Request.Body);
        return new(site.Side, target, site.Route(target), seen, await body.ReadToEndAsync(http.RequestAborted));
    }
}
