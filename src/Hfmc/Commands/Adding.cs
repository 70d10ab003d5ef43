using Hfmc.Core;
using Hfmc.Core.Control;
using Hfmc.Core.Hub;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Output;

namespace Hfmc.Commands;

/// <summary>
/// Runs an add where it belongs: in the daemon when one runs on the same cache (it knows the peers, and joins equal requests),
/// else in this process, without peers.
/// </summary>
sealed class Adding(Session session)
{
    static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    /// <summary>Null when the daemon goes on alone.</summary>
    public async Task<AddOutcome?> RunAsync(AddRequest request, bool detach, CancellationToken cancellationToken)
    {
        var caller = Caller.From(session.Settings, session.Token);
        if (!session.Settings.PeersOn)
            request = request with { From = WithoutPeers(request.From) };
        using var daemon = session.Daemon();
        var status = await daemon.StatusAsync(cancellationToken);
        if (status is not null && status.Cache == session.Settings.CacheFolder)
            return await InDaemonAsync(daemon, AddMessage.Of(request, caller, detach), request, cancellationToken);

        if (detach)
            throw new NotFoundException("--detach leaves the download to the daemon, and none runs on this cache: run 'hfmc daemon start' first");
        if (status is not null)
            session.Terminal.Say($"the daemon uses another cache ({status.Cache}), so this command downloads by itself, without peers");
        else if (request.From is AllowedSources.Peers)
            throw new NotFoundException("--from peers needs the daemon, and none runs: run 'hfmc daemon start' first");
        return await HereAsync(request, caller, cancellationToken);
    }

    static AllowedSources WithoutPeers(AllowedSources from) => from is AllowedSources.Peers
        ? throw new InputException("--from peers, but peers are switched off: run 'hfmc conf peers set on' first")
        : AllowedSources.Upstream;

    async Task<AddOutcome?> InDaemonAsync(ControlClient daemon, AddMessage message, AddRequest request, CancellationToken cancellationToken)
    {
        using var progress = AddDisplay.For(session.Terminal, request);
        await foreach (var line in daemon.AddAsync(message, cancellationToken))
        {
            if (line.View is { } view)
                progress.Show(view);
            if (line.Outcome is { } outcome)
            {
                progress.Finish(outcome);
                return outcome;
            }
        }
        if (session.Terminal.Mode.Json)
            session.Terminal.Json(new(Detached: true, request.Repo.Id, request.Repo.Type.Singular(), request.Revision.Text), CliJson.Plain.DetachedJson);
        session.Terminal.Say($"the daemon goes on with {request.Repo}; 'hfmc daemon status' shows how far it is");
        return null;
    }

    async Task<AddOutcome> HereAsync(AddRequest request, Caller caller, CancellationToken cancellationToken)
    {
        await using var engine = new ModelEngine(session.Cache(), lan: null, session.Time, ProgramVersion.Text);
        engine.Rates.Set(session.Settings.Limits);
        var notes = new UpstreamNotes(session.Home.Run, session.Time);
        notes.Read(engine.Backoff);
        using var display = AddDisplay.For(session.Terminal, request);
        var progress = new AddProgress();
        var run = engine.AddAsync(request, caller, progress, cancellationToken);
        while (!run.IsCompleted)
        {
            display.Show(progress.View());
            await Task.WhenAny(run, Task.Delay(Glance, session.Time, CancellationToken.None));
        }
        notes.Write(engine.Backoff);
        var outcome = AddOutcome.Of(await run, progress, request.DryRun);
        display.Finish(outcome);
        return outcome;
    }
}
