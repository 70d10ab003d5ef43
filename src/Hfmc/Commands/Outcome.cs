using System.CommandLine;
using System.Text.Json;
using Hfmc.Core;
using Hfmc.Output;

namespace Hfmc.Commands;

/// <summary>Runs a command and turns its end, good or bad, into output and an exit code. The only place that catches everything.</summary>
static class Outcome
{
    /// <summary>Makes <paramref name="run"/> the action of <paramref name="command"/>; it returns an exit code.</summary>
    public static Command Runs(this Command command, Func<Session, ParseResult, CancellationToken, Task<int>> run)
    {
        command.SetAction((parsed, cancellationToken) => ReportAsync(GlobalOptions.Read(parsed), session => run(session, parsed, cancellationToken)));
        return command;
    }

    static async Task<int> ReportAsync(OutputMode mode, Func<Session, Task<int>> run)
    {
        var session = new Session(mode);
        try
        {
            return await run(session);
        }
        catch (HfmcException failure)
        {
            return Fail(session.Terminal, ExitCode.Of(failure.Kind), Name(failure.Kind), failure.Message);
        }
        catch (OperationCanceledException)
        {
            return Fail(session.Terminal, ExitCode.Interrupted, "interrupted", "interrupted; run the command again: it goes on where it stopped");
        }
#pragma warning disable CA1031 // The last line of defence: a defect must still end in a sentence and a code.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            session.Terminal.Detail(defect.ToString());
            return Fail(session.Terminal, ExitCode.Unexpected, "unexpected", $"{defect.Message} (a defect of hfmc: run again with --verbose for details)");
        }
    }

    static string Name(FailureKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    public static int Fail(Terminal terminal, int code, string kind, string message)
    {
        if (terminal.Mode.Json)
            terminal.Json(new(new(code, kind, message)), CliJson.Plain.ErrorJson);
        else
            Console.Error.WriteLine($"hfmc: {message}");
        return code;
    }
}
