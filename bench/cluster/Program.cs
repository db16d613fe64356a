using System.Globalization;
using VectorCluster.Cluster.Bench;

// Usage: overhead SHARDS GATEWAY_PORT HTTP_PORT | tenants COUNT GATEWAY_PORT HTTP_PORT PROCESS_ID; bench/cluster.sh
// gives it silos. Or rebalance FVECS_FILE SILO_PORT GATEWAY_PORT HTTP_PORT, with bench/rebalance.sh.
if (args[0] == "rebalance") return await RebalanceBench.RunAsync(args[1], Ports.Of(Numbers(2))) ? 0 : 1;

var numbers = Numbers(1);
await using var cluster = await ClusterConnection.OpenAsync([numbers[1]], numbers[2]);
if (args[0] == "overhead") await OverheadBench.RunAsync(cluster, numbers[0]);
else await TenantsBench.RunAsync(cluster, numbers[0], numbers[3]);
return 0;

int[] Numbers(int from) => [.. args.Skip(from).Select(text => int.Parse(text, CultureInfo.InvariantCulture))];
