using Npgsql;

namespace VectorCluster.Storage.Postgres;

/// <summary>Tells a wrong key from damage: each key that ever wrote has sealed a proof of itself in the
/// database.</summary>
internal static class KeyProofs
{
    private static ReadOnlySpan<byte> Statement => "VectorCluster key proof"u8;

    /// <summary>Checks the keys given, and leaves a proof of the one that writes.</summary>
    /// <exception cref="MissingKeyException">A key is not the one that wrote, or keys are needed and none are
    /// given.</exception>
    public static async Task CheckAsync(
        NpgsqlDataSource source, EncryptionKeys? keys, Seal seal, CancellationToken cancellationToken)
    {
        var stored = await ReadAsync(source, cancellationToken);
        if (keys is null)
        {
            if (stored.Count > 0)
                throw new MissingKeyException(
                    $"The database is encrypted, with key {string.Join(", ", stored.Keys)}, and no keys were given.");
            return;
        }

        foreach (var id in stored.Keys.Where(id => !keys.Ids.Contains(id)))
            throw new MissingKeyException($"The database may still hold bytes under encryption key {id}, not given.");
        foreach (var (id, proof) in stored)
        {
            var body = new byte[Statement.Length];
            if (Seal.KeyOf(proof) != id || !seal.TryOpen(proof, PlaceOf(id), body) || !Statement.SequenceEqual(body))
                throw new MissingKeyException($"Encryption key {id} is not the one that wrote the database.");
        }

        if (!stored.ContainsKey(keys.CurrentId)) await AddAsync(source, keys.CurrentId, seal, cancellationToken);
    }

    /// <summary>Forgets the keys that nothing is encrypted with any more.</summary>
    public static async Task RetireOthersAsync(
        NpgsqlDataSource source, uint currentId, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand("DELETE FROM vectorcluster.encryption_key WHERE id <> $1");
        command.Parameters.Add(SqlParameters.Number(currentId));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<Dictionary<uint, byte[]>> ReadAsync(
        NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        var proofs = new Dictionary<uint, byte[]>();
        await using var command = source.CreateCommand("SELECT id, proof FROM vectorcluster.encryption_key");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            proofs.Add((uint)reader.GetInt64(0), reader.GetFieldValue<byte[]>(1));
        return proofs;
    }

    private static async Task AddAsync(
        NpgsqlDataSource source, uint id, Seal seal, CancellationToken cancellationToken)
    {
        var proof = new byte[seal.Prefix + Statement.Length + seal.Suffix];
        Statement.CopyTo(proof.AsSpan(seal.Prefix));
        seal.Close(proof, PlaceOf(id));
        await using var command = source.CreateCommand(
            "INSERT INTO vectorcluster.encryption_key (id, proof) VALUES ($1, $2) ON CONFLICT DO NOTHING");
        command.Parameters.Add(SqlParameters.Number(id));
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = proof });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static SealedPlace PlaceOf(uint id) => new(SealedTable.KeyProof, 0, id, 0, 0);
}
