using System.Security.Cryptography;
using System.Text;

namespace Hfmc.Testing;

/// <summary>git's id of a folder of a commit, made from the files anew each time.</summary>
static class GitTrees
{
    public static string IdOf(FakeCommit commit, string folder)
    {
        var prefix = folder + "/";
        var inside = commit.Files.Where(file => file.Name.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        var files = inside.Where(file => !file.Name[prefix.Length..].Contains('/'))
            .Select(file => (Order: file.Name[prefix.Length..], Line: $"100644 {file.Name[prefix.Length..]}", Id: file.Oid));
        var folders = inside.Select(file => file.Name[prefix.Length..]).Where(rest => rest.Contains('/')).Select(rest => rest.Split('/')[0]).Distinct()
            .Select(name => (Order: name + "/", Line: $"40000 {name}", Id: IdOf(commit, prefix + name)));
        byte[] content = [.. files.Concat(folders)
            .OrderBy(entry => Convert.ToHexString(Encoding.UTF8.GetBytes(entry.Order)), StringComparer.Ordinal)
            .SelectMany(entry => (byte[])[.. Encoding.UTF8.GetBytes(entry.Line), 0, .. Convert.FromHexString(entry.Id)])];
        return Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"tree {content.Length}\0"), .. content]));
    }
}
