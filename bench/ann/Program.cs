using VectorCluster.Ann.Bench;
using VectorCluster.Ann.Bench.Repair;

// Usage: see bench/ann.sh and bench/repair.sh, which give this program its data and its peer.
switch (args)
{
    case ["repair", .. var rest]:
        var wanted = AnnArguments.Parse(rest);
        await new RepairBench(wanted, AnnVectors.Load(wanted with { Count = AnnVectors.AllWords })).RunAsync();
        break;
    default:
        var arguments = AnnArguments.Parse(args);
        var report = await new AnnBench(arguments, AnnVectors.Load(arguments)).RunAsync();
        report.WriteTable();
        if (!arguments.IsReusing) report.Store(arguments.Root);
        if (arguments.IsJson) Console.WriteLine(report.ToRatios());
        break;
}
