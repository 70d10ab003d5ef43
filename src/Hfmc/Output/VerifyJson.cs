using Hfmc.Core.Repos;
using Hfmc.Core.Store;

namespace Hfmc.Output;

/// <summary><c>model verify --json</c>. <c>Unknown</c> counts files of which nothing tells the digest.</summary>
sealed record VerifyJson(int Checked, long Bytes, IReadOnlyList<VerifiedJson> Wrong, IReadOnlyList<VerifiedJson> Missing, int Unknown)
{
    public static VerifyJson Of(IReadOnlyCollection<VerifiedFile> files) => new(
        files.Count(file => file.Result is VerifyResult.Good or VerifyResult.Wrong or VerifyResult.Unreadable),
        files.Where(file => file.Result is VerifyResult.Good or VerifyResult.Wrong or VerifyResult.Unreadable).Sum(file => file.Size),
        [.. files.Where(file => file.Result is VerifyResult.Wrong or VerifyResult.Unreadable).Select(VerifiedJson.Of)],
        [.. files.Where(file => file.Result is VerifyResult.Missing).Select(VerifiedJson.Of)],
        files.Count(file => file.Result is VerifyResult.Unknown));
}

/// <summary>A file that is not as it should be; <c>Actual</c> is null when its bytes could not be read or are gone.</summary>
sealed record VerifiedJson(string File, string? Expected, string? Actual, string Repo, string RepoType, string Commit)
{
    public static VerifiedJson Of(VerifiedFile file) =>
        new(file.Path.Text, file.Expected?.Text, file.Actual?.Text, file.Repo.Id, file.Repo.Type.Singular(), file.Commit.Text);
}
