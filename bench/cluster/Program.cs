using System.Globalization;
using VectorCluster.Cluster.Bench;

// Usage: overhead SHARDS GATEWAY_PORT HTTP_PORT | tenants COUNT GATEWAY_PORT HTTP_PORT PROCESS_ID; bench/cluster.sh gives
// it silos.
var numbers = args.Skip(1).Select(text => int.Parse(text, CultureInfo.InvariantCulture)).ToArray();
await using var cluster = await ClusterConnection.OpenAsync(numbers[1], numbers[2]);
if (args[0] == "overhead") await OverheadBench.RunAsync(cluster, numbers[0]);
else await TenantsBench.RunAsync(cluster, numbers[0], numbers[3]);
