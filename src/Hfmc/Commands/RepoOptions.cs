using System.CommandLine;
using Hfmc.Core;
using Hfmc.Core.Repos;

namespace Hfmc.Commands;

/// <summary>The options that name a repo, a revision and files, the same in all model commands.</summary>
sealed class RepoOptions
{
    readonly Argument<string?> _argument = new("REPO") { Description = "The same as -r REPO", Arity = ArgumentArity.ZeroOrOne, Hidden = true };
    readonly Option<string?> _repo = new("--repo", "-r") { Description = "owner/name, datasets/owner/name, or an address copied from a browser", HelpName = "REPO" };
    readonly Option<string?> _revision = new("--revision", "-v") { Description = "Branch, tag, refs/pr/N or commit (default main)", HelpName = "REV" };
    readonly Option<string> _type = new("--repo-type") { Description = "model, dataset or space", HelpName = "TYPE", DefaultValueFactory = _ => "model" };

    public RepoOptions AddTo(Command command)
    {
        command.Arguments.Add(_argument);
        command.Options.Add(_repo);
        command.Options.Add(_revision);
        command.Options.Add(_type);
        _type.AcceptOnlyFromAmong("model", "dataset", "space");
        return this;
    }

    /// <summary>Null when no repo was named.</summary>
    public RepoId? TryRepo(ParseResult parsed) => Address(parsed)?.Repo;

    public RepoId Repo(ParseResult parsed) => TryRepo(parsed) ?? throw new InputException("no repo was named: want -r owner/name, for example -r prajjwal1/bert-medium");

    /// <summary>What <c>-v</c> says, else what a pasted address says, else null.</summary>
    public Revision? TryRevision(ParseResult parsed) =>
        parsed.GetValue(_revision) is { } text ? Core.Repos.Revision.Parse(text) : Address(parsed)?.Revision;

    public Revision Revision(ParseResult parsed) => TryRevision(parsed) ?? Core.Repos.Revision.Main;

    RepoAddress? Address(ParseResult parsed)
    {
        var (option, argument) = (parsed.GetValue(_repo), parsed.GetValue(_argument));
        if (option is not null && argument is not null && option != argument)
            throw new InputException($"two repos were named, '{option}' and '{argument}': want one");
        return (option ?? argument) is { } text && RepoTypes.TryParse(parsed.GetValue(_type), out var type) ? RepoAddress.Parse(text, type) : null;
    }
}
