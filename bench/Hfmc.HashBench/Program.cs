using System.Globalization;
using Hfmc.HashBench;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
switch (args)
{
    case ["memory"]:
        InMemory.Run();
        return 0;
    case ["file", var path]:
        OnDisk.Run(path);
        return 0;
    default:
        Console.Error.WriteLine("hashbench memory | file PATH: what bench/hashing.sh runs");
        return 2;
}
