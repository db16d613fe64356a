using Npgsql;

namespace VectorCluster.Storage.Postgres;

/// <summary>Writes anew whatever is not encrypted with the current key, row by row, while others read and
/// write.</summary>
internal sealed class Rekeying(NpgsqlDataSource source, Seal seal)
{
    public Task<long> RunAsync(CancellationToken cancellationToken) => throw new NotImplementedException();
}
