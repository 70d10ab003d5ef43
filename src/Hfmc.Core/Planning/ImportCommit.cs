using System.Security.Cryptography;
using System.Text;
using Hfmc.Core.Repos;

namespace Hfmc.Core.Planning;

/// <summary>The commit of an imported folder: it follows from names and bytes alone, so every machine that imports the same gets the same.</summary>
public static class ImportCommit
{
    // A change of what is hashed changes this line too: else equal ids could mean different things.
    const string Header = "hfmc import 1\n";

    public static CommitId Of(IEnumerable<RepoFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        hash.AppendData(Encoding.ASCII.GetBytes(Header));
        foreach (var file in files.OrderBy(file => file.Path))
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Path}\0{file.ETag}\0{file.Size}\n"));
        var text = Convert.ToHexStringLower(hash.GetHashAndReset());
        return CommitId.TryParse(text, out var commit) ? commit : throw new InvalidOperationException($"'{text}' is no commit");
    }
}
