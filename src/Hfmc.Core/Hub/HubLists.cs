using Hfmc.Core.Repos;
using Hfmc.Core.Transfers;

namespace Hfmc.Core.Hub;

/// <summary>How long the lists in one answer of an upstream may be: the Hub's own pages have a thousand entries, those of a daemon all of them.</summary>
static class HubLists
{
    const int MostCommits = 10_000, MostOrganisations = 1000;

    // Folders are listed too.
    public sealed class Entries() : BoundedList<TreeEntryJson>(2 * Snapshot.MostFiles);

    public sealed class Siblings() : BoundedList<SiblingJson>(Snapshot.MostFiles);

    public sealed class Commits() : BoundedList<CommitJson>(MostCommits);

    public sealed class Organisations() : BoundedList<WhoAmIOrgJson>(MostOrganisations);
}
