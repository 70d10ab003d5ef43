using System.Diagnostics;
using Hfmc.Bench.Swarm;

// One row for each network and size of crowd, as Markdown. Arguments: sizes of crowds.
var sizes = args.Length > 0 ? [.. args.Select(int.Parse)] : new[] { 10, 100, 1000 };
Console.WriteLine("| network | nodes | last node / bound | origin copies | messages per node | messages per piece delivered | requests refused | simulated in |");
Console.WriteLine("|---|---|---|---|---|---|---|---|");
foreach (var kind in Enum.GetValues<NetworkKind>())
    foreach (var nodes in sizes)
    {
        var (crowd, watch) = (new BenchCrowd(kind, nodes), Stopwatch.StartNew());
        var ends = crowd.World.Run(TimeSpan.FromMinutes(10));
        var world = crowd.World;
        Console.WriteLine($"| {crowd.Name} | {nodes} | {(ends ? crowd.Ratios : "did not end")} | {world.Copies:0.000} | {world.Messages / nodes:N0} | "
            + $"{(double)world.Messages / (nodes * world.Grid.Count):0.0} | {(double)world.Busy / world.Requests:0.0 %} | {watch.Elapsed.TotalSeconds:0.0} s |");
    }
