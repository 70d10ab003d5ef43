using System.CommandLine;
using Hfmc.Core.Planning;
using Hfmc.Core.Repos;
using Hfmc.Output;

namespace Hfmc.Commands;

static class ModelImportCommand
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    public static Command Create()
    {
        var command = new Command("import", "Copy a local folder into the cache as a repo, to use it and share it like one of the Hub");
        var folder = new Argument<string>("DIR") { Description = "The folder; regular files only, no links" };
        command.Arguments.Add(folder);
        var repo = new RepoOptions().AddTo(command);
        var isPrivate = new Option<bool>("--private") { Description = "Show it to nobody else on the network" };
        var force = new Option<bool>("--force") { Description = "Take the name even if the cache or the Hub has it already" };
        command.Options.Add(isPrivate);
        command.Options.Add(force);

        return command
            .WithExamples("hfmc model import ./my-model -r acme/my-model", "hfmc model import ./my-model -r acme/my-model -v v2 --private")
            .Runs(async (session, parsed, cancellationToken) =>
            {
                var request = new ImportRequest(session.Folder(parsed.GetValue(folder) ?? "", "DIR"), repo.Repo(parsed), repo.Revision(parsed))
                {
                    Private = parsed.GetValue(isPrivate),
                    Force = parsed.GetValue(force),
                };
                await using var engine = new ModelEngine(session.Cache(), lan: null, session.Time, ProgramVersion.Text);
                var import = new ModelImport(engine, Caller.From(session.Settings, session.Token), request, Progress(session), session.Terminal.Say);
                Report(session.Terminal, request, await Task.Run(() => import.RunAsync(cancellationToken), cancellationToken));
                return ExitCode.Ok;
            });
    }

    static Action<long> Progress(Session session)
    {
        var (begun, next, done) = (session.Time.GetTimestamp(), Pause, 0L);
        return bytes =>
        {
            done += bytes;
            if (session.Time.GetElapsedTime(begun) is var elapsed && elapsed < next)
                return;
            next = elapsed + Pause;
            session.Terminal.Say($"read {Size.Text(done)} ({Size.Speed(done / elapsed.TotalSeconds)})");
        };
    }

    static void Report(Terminal terminal, ImportRequest request, ImportResult done)
    {
        var (files, bytes) = (done.Snapshot.Files.Count, done.Snapshot.Size);
        if (terminal.Mode.Json)
        {
            terminal.Json(new(request.Repo.Id, request.Repo.Type.Singular(), request.Revision.Text, done.Snapshot.Commit.Text, done.Path, files, bytes), CliJson.Plain.ImportJson);
            return;
        }
        terminal.Say($"{request.Repo} at {done.Snapshot.Commit.Short}: {Size.Count(files, "file")}, {Size.Text(bytes)}"
            + $" ({(done.WasHere ? "here already" : "imported")}, {(done.IsPublic ? "shared with peers" : "private")})");
        terminal.Data(done.Path);
    }
}
