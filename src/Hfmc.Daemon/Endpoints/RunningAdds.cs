using Hfmc.Core;
using Hfmc.Core.Control;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Microsoft.Extensions.Logging;

namespace Hfmc.Daemon.Endpoints;

/// <summary>The adds that commands have asked for and that have not ended: each can be cancelled, all end with the daemon.</summary>
sealed class RunningAdds(ModelEngine engine, ILogger<RunningAdds> logger, CancellationToken stopping)
{
    readonly Lock _lock = new();
    readonly List<RunningAdd> _running = [];

    /// <summary>Starts an add; it ends when it is done, cancelled, or when the daemon stops.</summary>
    public RunningAdd Start(AddRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stopping);
        var add = new RunningAdd(request, cancel);
        lock (_lock)
            _running.Add(add);
        add.Ending = RunAsync(add, caller);
        return add;
    }

    /// <summary>Cancels the adds of a repo and waits for their end; returns how many there were.</summary>
    public async Task<int> CancelAsync(RepoId repo)
    {
        RunningAdd[] adds;
        lock (_lock)
            adds = [.. _running.Where(add => add.Request.Repo == repo)];
        foreach (var add in adds)
            await add.CancelAsync();
        return adds.Length;
    }

    public Task EndAsync()
    {
        lock (_lock)
            return Task.WhenAll(_running.Select(add => (Task)add.Ending));
    }

    async Task<AddLine> RunAsync(RunningAdd add, Caller caller)
    {
        await Task.Yield();
        logger.AddBegins(add.Request.Repo, add.Request.Revision);
        try
        {
            var result = await engine.AddAsync(add.Request, caller, add.Progress, add.Cancel.Token);
            logger.AddDone(add.Request.Repo, result.Commit, result.Duration.TotalSeconds);
            return new(Outcome: AddOutcome.Of(result, add.Progress, add.Request.DryRun));
        }
        catch (HfmcException failure)
        {
            logger.AddFailed(add.Request.Repo, failure.Message);
            return new(Error: new(failure.Kind, failure.Message));
        }
        catch (OperationCanceledException)
        {
            logger.AddCancelled(add.Request.Repo);
            return new(Error: new(FailureKind.Unexpected, $"the download of {add.Request.Repo} was cancelled; run the command again: it goes on where it stopped"));
        }
#pragma warning disable CA1031 // A defect in one add must neither end the daemon nor leave the command waiting.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            logger.AddBroke(add.Request.Repo, defect);
            return new(Error: new(FailureKind.Unexpected, $"{add.Request.Repo}: {defect.Message} (a defect of hfmc; see 'hfmc daemon logs')"));
        }
        finally
        {
            lock (_lock)
                _running.Remove(add);
            add.Cancel.Dispose();
        }
    }
}

/// <summary>An add under way; <see cref="Ending"/> is its last line and never fails.</summary>
sealed class RunningAdd(AddRequest request, CancellationTokenSource cancel)
{
    public AddRequest Request { get; } = request;

    public AddProgress Progress { get; } = new();

    public CancellationTokenSource Cancel { get; } = cancel;

    public Task<AddLine> Ending { get; set; } = Task.FromResult(new AddLine());

    public async Task CancelAsync()
    {
        try
        {
            await Cancel.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself in this moment.
        }
        await Ending;
    }
}

static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Adding {Repo}@{Revision}")]
    public static partial void AddBegins(this ILogger<RunningAdds> logger, RepoId repo, Revision revision);

    [LoggerMessage(Level = LogLevel.Information, Message = "Added {Repo} at {Commit} in {Seconds:0.0} s")]
    public static partial void AddDone(this ILogger<RunningAdds> logger, RepoId repo, CommitId commit, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Adding {Repo} failed: {Reason}")]
    public static partial void AddFailed(this ILogger<RunningAdds> logger, RepoId repo, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Adding {Repo} was cancelled")]
    public static partial void AddCancelled(this ILogger<RunningAdds> logger, RepoId repo);

    [LoggerMessage(Level = LogLevel.Error, Message = "Adding {Repo} met a defect")]
    public static partial void AddBroke(this ILogger<RunningAdds> logger, RepoId repo, Exception defect);
}
