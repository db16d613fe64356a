using VectorCluster.Ann.Bench;
using VectorCluster.Ann.Bench.Concurrency;
using VectorCluster.Ann.Bench.Filters;
using VectorCluster.Ann.Bench.Repair;

// Usage: see bench/ann.sh and bench/engine.sh, which give this program its data and its peer.
var arguments = AnnArguments.Parse(args is ["repair" or "concurrency" or "filters" or "zvec", ..] ? args[1..] : args);
switch (args)
{
    case ["repair", ..]:
        await new RepairBench(arguments, AllWords()).RunAsync();
        break;
    case ["concurrency", ..]:
        await new ConcurrencyBench(arguments, AllWords()).RunAsync();
        break;
    case ["filters", ..]:
        await new FilterBench(arguments, AllWords()).RunAsync();
        break;
    case ["zvec", ..]:
        await new FilterBench(arguments, AllWords()).RunBesideZvecAsync();
        break;
    default:
        var report = await new AnnBench(arguments, AnnVectors.Load(arguments)).RunAsync();
        report.WriteTable();
        if (!arguments.IsReusing) report.Store(arguments.Root);
        if (arguments.IsJson) Console.WriteLine(report.ToRatios());
        break;
}

AnnVectors AllWords() => AnnVectors.Load(arguments with { Count = AnnVectors.AllWords });
