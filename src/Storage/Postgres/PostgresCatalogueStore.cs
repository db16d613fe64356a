using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;
using VectorCluster.Engine.Catalogue;

namespace VectorCluster.Storage.Postgres;

/// <summary>Catalogue rows as rows of the tables <c>collection</c> and <c>namespace</c>.</summary>
internal sealed class PostgresCatalogueStore(NpgsqlDataSource source) : ICatalogueStore
{
    public async IAsyncEnumerable<CatalogueRow> ListCollectionsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var command = Command("SELECT name, version, value FROM vectorcluster.collection");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) yield return Row(reader);
    }

    public ValueTask<CatalogueRow?> ReadCollectionAsync(
        string collection, CancellationToken cancellationToken = default) =>
        ReadAsync(
            Command("SELECT name, version, value FROM vectorcluster.collection WHERE name = $1", collection),
            cancellationToken);

    public ValueTask<bool> TryWriteCollectionAsync(
        string collection,
        long expectedVersion,
        ReadOnlyMemory<byte> value,
        CancellationToken cancellationToken = default)
    {
        var command = expectedVersion == 0
            ? Command(
                """
                INSERT INTO vectorcluster.collection (name, version, value) VALUES ($1, 1, $2) ON CONFLICT DO NOTHING
                """,
                collection)
            : Command(
                """
                UPDATE vectorcluster.collection SET version = version + 1, value = $2 WHERE name = $1 AND version = $3
                """,
                collection);
        return WriteAsync(command, expectedVersion, value, cancellationToken);
    }

    public async ValueTask DeleteCollectionAsync(string collection, CancellationToken cancellationToken = default)
    {
        await using var batch = source.CreateBatch(); // one transaction
        foreach (var text in (string[])
            [
                "DELETE FROM vectorcluster.namespace WHERE collection = $1",
                "DELETE FROM vectorcluster.collection WHERE name = $1",
            ])
        {
            var command = new NpgsqlBatchCommand(text);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = collection });
            batch.BatchCommands.Add(command);
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public async IAsyncEnumerable<string> ListNamespacesAsync(
        string collection, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var command = Command("SELECT name FROM vectorcluster.namespace WHERE collection = $1", collection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken)) yield return reader.GetString(0);
    }

    public ValueTask<CatalogueRow?> ReadNamespaceAsync(
        string collection, string name, CancellationToken cancellationToken = default) =>
        ReadAsync(
            Command(
                """
                SELECT name, version, value FROM vectorcluster.namespace
                WHERE collection = $1 AND name = $2 AND partition = $3
                """,
                collection,
                name),
            cancellationToken);

    public ValueTask<bool> TryWriteNamespaceAsync(
        string collection,
        string name,
        long expectedVersion,
        ReadOnlyMemory<byte> value,
        CancellationToken cancellationToken = default)
    {
        var command = expectedVersion == 0
            ? Command(
                """
                INSERT INTO vectorcluster.namespace (collection, name, partition, version, value)
                VALUES ($1, $2, $3, 1, $4) ON CONFLICT DO NOTHING
                """,
                collection,
                name)
            : Command(
                """
                UPDATE vectorcluster.namespace SET version = version + 1, value = $4
                WHERE collection = $1 AND name = $2 AND partition = $3 AND version = $5
                """,
                collection,
                name);
        return WriteAsync(command, expectedVersion, value, cancellationToken);
    }

    public async ValueTask DeleteNamespaceAsync(
        string collection, string name, CancellationToken cancellationToken = default)
    {
        await using var command = Command(
            "DELETE FROM vectorcluster.namespace WHERE collection = $1 AND name = $2 AND partition = $3",
            collection,
            name);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static CatalogueRow Row(NpgsqlDataReader reader) =>
        new(reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2));

    private static async ValueTask<CatalogueRow?> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var disposing = command;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Row(reader) : null;
    }

    /// <param name="expectedVersion">0: the statement has no place for it.</param>
    private static async ValueTask<bool> WriteAsync(
        NpgsqlCommand command,
        long expectedVersion,
        ReadOnlyMemory<byte> value,
        CancellationToken cancellationToken)
    {
        await using var disposing = command;
        command.Parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>>
        {
            TypedValue = value,
            NpgsqlDbType = NpgsqlDbType.Bytea,
        });
        if (expectedVersion != 0) command.Parameters.Add(SqlParameters.Number(expectedVersion));
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private NpgsqlCommand Command(string text, params ReadOnlySpan<string> names)
    {
        var command = source.CreateCommand(text);
        foreach (var name in names) command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = name });
        if (names.Length == 2)
            command.Parameters.Add(new NpgsqlParameter<short> { TypedValue = Partition.Of(names[0], names[1]) });
        return command;
    }
}
