namespace Hfmc.Output;

/// <summary><c>model import --json</c>; bytes of all files.</summary>
sealed record ImportJson(string Repo, string RepoType, string Revision, string Commit, string Path, int Files, long Bytes);
