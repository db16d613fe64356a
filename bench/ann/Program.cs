using VectorCluster.Ann.Bench;

// Usage: see bench/ann.sh, which gives this program its data and its peer.
var arguments = AnnArguments.Parse(args);
var data = AnnVectors.Load(arguments);
var report = await new AnnBench(arguments, data).RunAsync();
report.WriteTable();
if (!arguments.IsReusing) report.Store(arguments.Root);
if (arguments.IsJson) Console.WriteLine(report.ToRatios());
