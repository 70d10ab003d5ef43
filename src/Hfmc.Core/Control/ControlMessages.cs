using System.Text.Json.Serialization;
using Hfmc.Core.Hub;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Control;

/// <summary>
/// What a command and the daemon of the same user say to each other over the Unix socket: HTTP/1.1, JSON, and for an add one
/// JSON line each time something changed. Both ends are of one version, which the header proves.
/// </summary>
public static class ControlProtocol
{
    public const string Root = "/control";

    /// <summary>The version of the command; a daemon of another one answers only status and stop.</summary>
    public const string VersionHeader = "X-Hfmc-Version";

    public const int LargestQuestion = 4 << 20;
}

/// <summary>An add on behalf of a command: its own sources and token go along and are not kept. Lists that are left out are empty.</summary>
public sealed record AddMessage
{
    public required string RepoType { get; init; }

    public required string Repo { get; init; }

    public required string Revision { get; init; }

    public IReadOnlyList<string> Files { get; init => field = value ?? []; } = [];

    public IReadOnlyList<string> Include { get; init => field = value ?? []; } = [];

    public IReadOnlyList<string> Exclude { get; init => field = value ?? []; } = [];

    public bool Force { get; init; }

    public bool DryRun { get; init; }

    public AllowedSources From { get; init; }

    public double PatienceSeconds { get; init; }

    public bool SymlinksOff { get; init; }

    /// <summary>Answer once the add has begun, and let it go on without the command.</summary>
    public bool Detach { get; init; }

    public IReadOnlyList<UpstreamMessage> Upstreams { get; init => field = value ?? []; } = [];

    /// <summary>Sent to those upstreams only that <see cref="UpstreamMessage.MaySeeToken"/> names.</summary>
    public string? Token { get; init; }

    /// <summary>The proxy variables of the command, by name, which may hold passwords; null: the daemon's own.</summary>
    public IReadOnlyDictionary<string, string>? Proxies { get; init; }

    public static AddMessage Of(AddRequest request, Caller caller, bool detach) => new()
    {
        RepoType = request.Repo.Type.Singular(),
        Repo = request.Repo.Id,
        Revision = request.Revision.Text,
        Files = [.. request.Files.Select(file => file.Text)],
        Include = request.Include,
        Exclude = request.Exclude,
        Force = request.Force,
        DryRun = request.DryRun,
        From = request.From,
        PatienceSeconds = request.Patience.TotalSeconds,
        SymlinksOff = caller.SymlinksOff,
        Detach = detach,
        Upstreams = [.. caller.Upstreams.Select(upstream => new UpstreamMessage(upstream.Address.AbsoluteUri, upstream.Kind is SourceKind.Hub, upstream.Token is not null))],
        Proxies = caller.Proxies is { IsNone: false } proxies ? proxies.Variables : null,
        Token = caller.Upstreams.Select(upstream => upstream.Token).FirstOrDefault(token => token is not null)?.Reveal(),
    };

    /// <exception cref="InputException">A part of it is not what it should be.</exception>
    public (AddRequest Request, Caller Caller) Parse()
    {
        if (!RepoTypes.TryParse(RepoType, out var type))
            throw new InputException($"'{RepoType}' is not a repo type");
        AccessToken? token = AccessToken.TryParse(Token, out var parsed) ? parsed : null;
        var request = new AddRequest(RepoId.Parse(Repo, type), Repos.Revision.Parse(Revision))
        {
            Files = [.. Files.Select(FilePath.Parse)],
            Include = Include,
            Exclude = Exclude,
            Force = Force,
            DryRun = DryRun,
            From = From,
            Patience = TimeSpan.FromSeconds(Math.Clamp(PatienceSeconds, 0, TimeSpan.FromDays(30).TotalSeconds)),
        };
        return (request, new([.. Upstreams.Select(upstream => upstream.Parse(token))], SymlinksOff) { Proxies = Proxies is null ? null : ProxySettings.From(new(Proxies)) });
    }

    public override string ToString() => $"add {Repo}@{Revision}"; // A record would print its token.
}

/// <summary>An upstream of the command. <c>IsHub</c>: counted as the Hub, not as a mirror.</summary>
public sealed record UpstreamMessage(string Address, bool IsHub, bool MaySeeToken)
{
    internal Upstream Parse(AccessToken? token) =>
        Uri.TryCreate(Address, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? new(address, IsHub ? SourceKind.Hub : SourceKind.Mirror, MaySeeToken ? token : null)
            : throw new InputException($"'{Address}' is not an upstream");
}

/// <summary>A line of the answer to an add: exactly one member is set.</summary>
public sealed record AddLine(AddView? View = null, AddOutcome? Outcome = null, ControlError? Error = null, bool Detached = false);

/// <summary>A failure, as it goes over the socket.</summary>
public sealed record ControlError(FailureKind Kind, string Message)
{
    /// <summary>At a start: another daemon of this home was there first.</summary>
    public bool AlreadyRunning { get; init; }

    public HfmcException ToException() => new(Kind, Message);
}

/// <summary>What a daemon that is being started says on its stdout, once: why it cannot, or null when it answers.</summary>
public sealed record StartReport(ControlError? Error);

/// <summary>How the daemon is. Byte counts are since its start.</summary>
public sealed record StatusMessage(
    int Pid, int Port, string Version, string Node, string Cache, double UptimeSeconds, IReadOnlyList<TransferStatus> Transfers, long ServedBytes, long FetchedBytes, long Messages,
    IReadOnlyList<Misdeed>? Misdeeds);

/// <summary>A blob under way in the daemon.</summary>
public sealed record TransferStatus(string Etag, long Size, long Held, string? Source, CrowdStatus? Crowd)
{
    public static TransferStatus Of(BlobProgress blob) => new(blob.Blob.ETag.Text, blob.Blob.Size, blob.Held, blob.Source, CrowdStatus.Of(blob));
}

/// <summary>The crowd of a blob under way (see <see cref="CrowdView"/>), and what this node did for it: bytes taken from upstreams and bytes passed on.</summary>
public sealed record CrowdStatus(int Members, int Owners, int Owned, long UpstreamBytes, long RelayedBytes, int Pieces, int Held, int Provisional)
{
    /// <summary>Null for a blob that is fetched without a crowd.</summary>
    public static CrowdStatus? Of(BlobProgress blob) => blob.Crowd is { } crowd
        ? new(crowd.Members, crowd.Owners, crowd.Owned, blob.From(SourceKind.Mirror) + blob.From(SourceKind.Hub), blob.Live.Relayed, crowd.Pieces, crowd.Held, crowd.Provisional)
        : null;
}

/// <summary>Cancel the adds of a repo; <c>Revision</c> null: of all its revisions.</summary>
public sealed record CancelMessage(string RepoType, string Repo);

public sealed record CancelledMessage(int Cancelled);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true, MaxDepth = 16,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AddMessage))]
[JsonSerializable(typeof(AddLine))]
[JsonSerializable(typeof(ControlError))]
[JsonSerializable(typeof(StartReport))]
[JsonSerializable(typeof(StatusMessage))]
[JsonSerializable(typeof(CancelMessage))]
[JsonSerializable(typeof(CancelledMessage))]
public sealed partial class ControlJson : JsonSerializerContext;
