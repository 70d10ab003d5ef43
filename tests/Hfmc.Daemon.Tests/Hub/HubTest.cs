using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Hfmc.Testing;
using Xunit;

namespace Hfmc.Daemon.Tests.Hub;

/// <summary>A daemon whose one upstream is a fake hub, and clients of both.</summary>
public abstract class HubTest : IAsyncLifetime
{
    private protected FakeHub Upstream { get; private set; } = null!;

    private protected DaemonRig Daemon { get; private set; } = null!;

    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private protected virtual FakeHubOptions Options => new() { WithXet = true, LfsThreshold = 1000 };

    private protected virtual TimeProvider Time => TimeProvider.System;

    public virtual async ValueTask InitializeAsync()
    {
        Upstream = await FakeHub.StartAsync(Options, Cancelled);
        Daemon = await DaemonRig.StartAsync(Upstream.Endpoint, Time);
    }

    public async ValueTask DisposeAsync()
    {
        await Daemon.DisposeAsync();
        await Upstream.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>What the daemon answers.</summary>
    private protected Task<HubAnswer> AskAsync(string target, string? token = null) => AskAsync(new(HttpMethod.Get, target, token));

    private protected Task<HubAnswer> AskAsync(HubAsk ask) => ask.SendAsync(Daemon.Http.BaseAddress!, Cancelled);

    /// <summary>Requests of the API that reached the upstream.</summary>
    private protected int Asked(string part = "") =>
        Upstream.Requests.Count(request => request.Side is HubSide.Hub && request.Target.Contains(part, StringComparison.Ordinal));
}

/// <summary>A question as a client asks it.</summary>
sealed record HubAsk(HttpMethod Method, string Target, string? Token = null, string? Body = null, string BodyType = "application/json")
{
    static readonly HttpClient s_http = new(new SocketsHttpHandler { UseProxy = false });

    public async Task<HubAnswer> SendAsync(Uri host, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(Method, new Uri(host, Target));
        if (Token is not null)
            request.Headers.Authorization = new("Bearer", Token);
        if (Body is not null)
            request.Content = new StringContent(Body, Encoding.UTF8, new MediaTypeHeaderValue(BodyType));
        using var answer = await s_http.SendAsync(request, cancellationToken);
        var headers = answer.Headers.Concat(answer.Content.Headers).ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new((int)answer.StatusCode, headers, await answer.Content.ReadAsStringAsync(cancellationToken));
    }

    public override string ToString() => $"{Method} {Target} as {Token ?? "a stranger"} {Body}";
}

/// <summary>What came of it.</summary>
sealed record HubAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string? this[string header] => Headers.GetValueOrDefault(header);

    public string? Code => this["X-Error-Code"];

    /// <summary>Who answered: cache, peers or upstream.</summary>
    public string? From => this["X-Hfmc-Answer"];

    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>Where the next page is, with the host that is named in it.</summary>
    public Uri? Next => this["Link"] is { } link && link.EndsWith(">; rel=\"next\"", StringComparison.Ordinal) ? new(link[1..link.IndexOf('>')]) : null;
}
