using System.Globalization;
using Npgsql;
using VectorCluster.Storage.Bench;
using VectorCluster.Storage.Postgres;

// Usage: CONNECTION [append|checkpoint|cold [NAMESPACES]]...; bench/storage.sh gives it a server of its own.
var options = new PostgresOptions { ConnectionString = args[0] };
var wanted = args.Length > 1 ? args[1] : "append checkpoint";
var builder = new NpgsqlDataSourceBuilder(args[0]);
(builder.ConnectionStringBuilder.WriteBufferSize, builder.ConnectionStringBuilder.ReadBufferSize) = (65_536, 65_536);
await using var source = builder.Build();
if (wanted.Contains("append", StringComparison.Ordinal) || wanted.Contains("checkpoint", StringComparison.Ordinal))
{
    await using var database = await PostgresDatabase.OpenAsync(options);
    if (wanted.Contains("append", StringComparison.Ordinal)) await AppendBench.RunAsync(database, source);
    if (wanted.Contains("checkpoint", StringComparison.Ordinal)) await CheckpointBench.RunAsync(database, source);
}

if (wanted == "cold")
    await ColdOpenBench.RunAsync(
        options, args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 100_000);
