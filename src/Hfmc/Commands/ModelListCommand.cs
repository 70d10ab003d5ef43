using System.CommandLine;
using Hfmc.Core;
using Hfmc.Core.Repos;
using Hfmc.Core.Store;
using Hfmc.Output;

namespace Hfmc.Commands;

static class ModelListCommand
{
    public static Command Create()
    {
        var command = new Command("ls", "List the repos in the cache, whoever brought them; with -r the files of one");
        command.Aliases.Add("list");
        var repo = new RepoOptions().AddTo(command);
        return command
            .WithExamples("hfmc model ls", "hfmc model ls -r prajjwal1/bert-medium", "hfmc model ls --json | jq -r '.[].repo'")
            .Runs((session, parsed, _) =>
            {
                var cache = session.Cache();
                var listing = new CacheListing(cache, new RepoRecords(cache));
                if (repo.TryRepo(parsed) is { } one)
                    ShowFiles(session.Terminal, listing, one, repo.TryRevision(parsed));
                else if (repo.TryRevision(parsed) is not null)
                    throw new InputException("-v names a revision of one repo: say which with -r");
                else
                    ShowRepos(session.Terminal, listing.Repos());
                return Task.FromResult(ExitCode.Ok);
            });
    }

    static void ShowRepos(Terminal terminal, IReadOnlyList<ListedRepo> repos)
    {
        if (terminal.Mode.Json)
        {
            terminal.Json([.. repos.Select(RepoJson.Of)], CliJson.Plain.RepoJsonArray);
            return;
        }
        if (repos.Count is 0)
        {
            terminal.Say("No repos found.");
            return;
        }

        var table = new TextTable("REPO", "COMMIT", "REFS", "FILES", "SIZE", "STATE", "PATH") { RightAligned = new HashSet<int> { 3, 4 } };
        foreach (var repo in repos)
        {
            foreach (var revision in repo.Revisions)
                table.Add(repo.Name, revision.Found.Commit.Short, Names(revision.Found.Refs), $"{revision.Found.Files.Count}",
                    Size.Text(revision.Found.Bytes), StateOf(revision), revision.Path);
            if (repo.Revisions.Count is 0)
                table.Add(repo.Name, "-", "-", "0", Size.Text(0), "no revisions", repo.Found.Folder);
        }
        table.WriteTo(terminal);
        terminal.Say($"{Size.Count(repos.Count, "repo")}, {Size.Text(repos.Sum(repo => repo.Found.Bytes))}");
    }

    static void ShowFiles(Terminal terminal, CacheListing listing, RepoId repo, Revision? revision)
    {
        var revisions = listing.Revisions(repo, revision);
        if (terminal.Mode.Json)
        {
            terminal.Json([.. revisions.SelectMany(FileJson.Of)], CliJson.Plain.FileJsonArray);
            return;
        }

        var table = new TextTable("REFS", "COMMIT", "FILE", "SIZE", "STATE", "PATH") { RightAligned = new HashSet<int> { 3 } };
        foreach (var found in revisions)
        {
            foreach (var file in found.Found.Files)
                table.Add(Names(found.Found.Refs), found.Found.Commit.Short, file.Path.Text, Size.Text(file.Size), "here", file.Entry);
            foreach (var file in found.Unfinished)
                table.Add(Names(found.Found.Refs), found.Found.Commit.Short, file.File.Path.Text, Size.Text(file.File.Size), Percent(file.Held, file.File.Size), "-");
            foreach (var path in found.Found.Broken)
                table.Add(Names(found.Found.Refs), found.Found.Commit.Short, path.Text, "-", "broken link", path.Below(found.Path));
        }
        table.WriteTo(terminal);
    }

    static string Names(IReadOnlyList<Revision> refs) => refs.Count is 0 ? "-" : string.Join(',', refs.Select(revision => revision.Text));

    static string StateOf(ListedRevision revision) => revision switch
    {
        { Unfinished.Count: > 0, BytesOfAll: { } all } => Percent(revision.Found.Bytes + revision.Unfinished.Sum(file => file.Held), all),
        { Found.Broken.Count: > 0 } => "broken links",
        { Found.Complete: true } => "complete",
        { Found.Complete: false } or { Found.IsPartial: true } => "in part",
        _ => "unknown",
    };

    // Never 100: what is unfinished must not look finished.
    static string Percent(long held, long size) => $"{(size > 0 ? Math.Min(99, 100 * held / size) : 0)} %";
}
