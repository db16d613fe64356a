using Npgsql;
using VectorCluster.Storage.Bench;
using VectorCluster.Storage.Postgres;

var connection = args[0];
var what = args.Length > 1 ? args[1] : "all";
await using var source = new NpgsqlDataSourceBuilder(connection) { ConnectionStringBuilder = { WriteBufferSize = 65536, ReadBufferSize = 65536 } }.Build();
await Sql.RunAsync(source, "DROP SCHEMA IF EXISTS vectorcluster CASCADE; DROP TABLE IF EXISTS bench_copy, bench_pages");
await using var database = await PostgresDatabase.OpenAsync(new() { ConnectionString = connection });
if (what is "all" or "append") await AppendBench.RunAsync(database, source);
if (what is "all" or "checkpoint") await CheckpointBench.RunAsync(database, source);
