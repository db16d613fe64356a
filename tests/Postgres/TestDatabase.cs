using System.Text;
using Npgsql;

namespace VectorCluster.Tests.Postgres;

/// <summary>A database of one test, dropped after it.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly PostgresServer _server;

    internal TestDatabase(PostgresServer server, string name) => (_server, Name) = (server, name);

    public string Name { get; }

    public string ConnectionString => _server.ConnectionString(Name);

    /// <summary>The tables of a schema that have a row with the text in it, as text or as bytes. A partitioned table
    /// stands for its partitions.</summary>
    public async Task<IReadOnlyList<string>> TablesWithAsync(string schema, string text)
    {
        const string Tables =
            "SELECT relname::text FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p') "
            + "AND NOT relispartition ORDER BY relname";
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        var tables = new List<string>();
        await using (var list = source.CreateCommand(Tables))
        {
            list.Parameters.Add(new() { Value = schema });
            await using var rows = await list.ExecuteReaderAsync();
            while (await rows.ReadAsync()) tables.Add(rows.GetString(0));
        }
        if (tables.Count == 0) throw new InvalidOperationException($"the schema {schema} has no tables to search");

        var found = new List<string>();
        foreach (var table in tables)
        {
            await using var search = source.CreateCommand(
                $"SELECT EXISTS (SELECT FROM \"{schema}\".\"{table}\" t WHERE position($1 IN t::text) > 0 "
                + "OR position($2 IN t::text) > 0)");
            search.Parameters.Add(new() { Value = text });
            search.Parameters.Add(new() { Value = Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)) });
            if ((bool)(await search.ExecuteScalarAsync())!) found.Add(table);
        }
        return found;
    }

    /// <summary>Drops it, whoever is connected. Where the server is down nothing is left to do: it goes with its
    /// folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_server.IsReachable) await _server.DropAsync(Name);
    }
}
