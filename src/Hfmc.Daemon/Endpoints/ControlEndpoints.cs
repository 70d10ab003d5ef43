using System.Text.Json;
using Hfmc.Core;
using Hfmc.Core.Control;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Core.Settings;
using Hfmc.Daemon.Access;
using Hfmc.Daemon.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Hfmc.Daemon.Endpoints;

/// <summary>What commands of this user ask over the Unix socket.</summary>
sealed class ControlEndpoints(
    HfmcSettings settings, DaemonIdentity identity, ModelEngine engine, RunningAdds adds, BlobSender sender, PeerTalk talk, HubSwitches hub, IHostApplicationLifetime lifetime, TimeProvider time)
{
    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    readonly long _started = time.GetTimestamp();

    public void Map(IEndpointRouteBuilder routes)
    {
        var control = routes.MapGroup(ControlProtocol.Root);
        control.MapGet("/status", () => TypedResults.Json(Status(), ControlJson.Default.StatusMessage));
        control.MapPost("/stop", () =>
        {
            lifetime.StopApplication();
            return TypedResults.Ok();
        });
        control.MapPost("/settings", (Delegate)TakeSettings).AddEndpointFilter(SameVersionAsync);
        control.MapPost("/cancel", (Delegate)CancelAsync).AddEndpointFilter(SameVersionAsync);
        control.MapPost("/add", (Delegate)AddAsync).AddEndpointFilter(SameVersionAsync);
    }

    StatusMessage Status() => new(
        Environment.ProcessId, settings.Port, identity.Version, identity.Node.Text, settings.CacheFolder,
        Math.Round(time.GetElapsedTime(_started).TotalSeconds, 1),
        [.. engine.Board.Current.Select(TransferStatus.Of)],
        sender.Sent, engine.Board.Fetched, talk.Messages, engine.Conduct.Current);

    async ValueTask<object?> SameVersionAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var version = context.HttpContext.Request.Headers[ControlProtocol.VersionHeader].ToString();
        return version == identity.Version
            ? await next(context)
            : Error(FailureKind.Unexpected, $"the daemon is hfmc {identity.Version} and this command is {version}: run 'hfmc daemon restart'");
    }

    // Settings that a running daemon is told of; the others come with each command, or wait for a restart.
    IResult TakeSettings()
    {
        try
        {
            engine.Rates.Set(LimitSettings.Read(settings.Home));
            hub.Current = HubSettings.Read(settings.Home);
            engine.Networks.Current = NetworkRules.Read(settings.Home);
            return TypedResults.Ok();
        }
        catch (InputException error)
        {
            return Error(error.Kind, error.Message);
        }
    }

    async Task<IResult> CancelAsync(HttpContext context) =>
        await BoundedQuestion.ReadAsync(context, ControlJson.Default.CancelMessage, ControlProtocol.LargestQuestion) is { } message
        && RepoTypes.TryParse(message.RepoType, out var type) && RepoId.TryParse(message.Repo, type, out var repo)
            ? TypedResults.Json(new CancelledMessage(await adds.CancelAsync(repo)), ControlJson.Default.CancelledMessage)
            : Error(FailureKind.Input, "the daemon does not understand what is to be cancelled");

    async Task<IResult> AddAsync(HttpContext context)
    {
        if (await BoundedQuestion.ReadAsync(context, ControlJson.Default.AddMessage, ControlProtocol.LargestQuestion) is not { } message)
            return Error(FailureKind.Input, "the daemon does not understand what is to be added");
        try
        {
            var (request, caller) = message.Parse();
            var add = adds.Start(request, caller, message.Detach ? CancellationToken.None : context.RequestAborted);
            await TellAsync(context, add, message.Detach);
            return TypedResults.Empty;
        }
        catch (InputException error)
        {
            return Error(error.Kind, error.Message);
        }
    }

    // A line at each glance at which something has changed, and the last one with the end. Detached: until the plan stands.
    async Task TellAsync(HttpContext context, RunningAdd add, bool detach)
    {
        context.Response.ContentType = "application/x-ndjson";
        var said = "";
        while (!add.Ending.IsCompleted && !(detach && add.Progress.Plan is not null))
        {
            var line = JsonSerializer.Serialize(new AddLine(View: add.Progress.View()), ControlJson.Default.AddLine);
            if (line != said)
                await context.Response.WriteAsync($"{said = line}\n", CancellationToken.None);
            await Task.WhenAny(add.Ending, Task.Delay(Glance, time, CancellationToken.None));
        }
        var last = add.Ending.IsCompleted ? await add.Ending : new AddLine(Detached: true);
        await context.Response.WriteAsync(JsonSerializer.Serialize(last, ControlJson.Default.AddLine) + "\n", CancellationToken.None);
    }

    static IResult Error(FailureKind kind, string message) =>
        TypedResults.Json(new ControlError(kind, message), ControlJson.Default.ControlError, statusCode: StatusCodes.Status409Conflict);
}
