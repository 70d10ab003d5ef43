using Hfmc.Core.Repos;

namespace Hfmc.Core.Store;

/// <summary>The three files of an unfinished blob in <c>&lt;cache&gt;/partial/</c>.</summary>
public readonly record struct PartialPaths(string Folder, ETag ETag)
{
    public string Bytes => Path.Combine(Folder, ETag.Text);

    public string Journal => Bytes + ".journal";

    public string Lock => Bytes + ".lock";
}
