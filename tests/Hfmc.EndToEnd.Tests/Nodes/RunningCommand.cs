using System.Diagnostics;
using System.Text;

namespace Hfmc.EndToEnd.Tests.Nodes;

/// <summary>A command that was started: it can be watched, signalled, and waited for.</summary>
sealed class RunningCommand : IDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    readonly Process _process;
    readonly string _command;
    readonly bool _isOurs;
    readonly StringBuilder _stdout = new(), _stderr = new();

    public RunningCommand(ProcessStartInfo start)
    {
        _isOurs = start.FileName == HfmcProgram.Path;
        _command = string.Join(' ', start.ArgumentList);
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        _process = new() { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_stdout, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_stderr, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What was written to its stdin.</summary>
    public string Typed { get; private set; } = "";

    /// <summary>What it has said so far, and its arguments if it is ours: others may take a token there.</summary>
    public Told Said => SoFar(-1) is var said && _isOurs ? said : said with { Command = "" };

    public int Pid => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>Writes to its stdin.</summary>
    public RunningCommand Type(string text)
    {
        Typed += text;
        _process.StandardInput.Write(text);
        _process.StandardInput.Close();
        return this;
    }

    public RunningCommand Send(int signal)
    {
        LocalProcess.Signal(Pid, signal);
        return this;
    }

    /// <summary>Returns when it has ended and nobody holds its stdout and stderr any more.</summary>
    public async Task<Told> EndAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"no end within {Patience.TotalSeconds:0} s: {SoFar(-1)}");
        }
        return SoFar(_process.ExitCode);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }

    Told SoFar(int exitCode)
    {
        lock (_stdout)
            lock (_stderr)
                return new(_command, exitCode, _stdout.ToString(), _stderr.ToString());
    }

    static void Keep(StringBuilder text, string? line)
    {
        if (line is not null)
            lock (text)
                text.Append(line).Append('\n');
    }
}
