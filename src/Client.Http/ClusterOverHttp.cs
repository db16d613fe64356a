using System.Globalization;
using System.Text.Json;

namespace VectorCluster.Client.Http;

/// <summary>What an operator sees and does, over HTTP.</summary>
/// <remarks>A command whose answer was lost throws <see cref="ShardUnavailableException"/>: nobody knows whether it was
/// heard, and every one of them may be given again.</remarks>
internal sealed class ClusterOverHttp(HttpExchange exchange) : ICluster
{
    private const string Path = "v1/cluster";

    public Task<ClusterInfo> GetClusterAsync(CancellationToken cancellationToken = default) =>
        GetAsync(Path, ClusterReader.ReadCluster, cancellationToken);

    public Task<IReadOnlyList<PlacedShard>> ListShardsAsync(
        string? collection = null, int limit = 1_000, CancellationToken cancellationToken = default)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"?limit={limit}");
        if (collection is not null) query += $"&collection={Uri.EscapeDataString(collection)}";
        return GetAsync($"{Path}/shards{query}", ClusterReader.ReadShards, cancellationToken);
    }

    public Task<IReadOnlyList<ShardMove>> ListMovesAsync(CancellationToken cancellationToken = default) =>
        GetAsync($"{Path}/moves", ClusterReader.ReadMoves, cancellationToken);

    public Task<ShardMove> MoveShardAsync(
        ShardId shard, string silo, CancellationToken cancellationToken = default) => PostAsync(
        $"{Path}/moves",
        json =>
        {
            json.WriteString("collection", shard.Collection);
            json.WriteString("namespace", shard.Namespace);
            json.WriteNumber("shard", shard.Index);
            json.WriteString("to", silo);
        },
        ClusterReader.ReadMove,
        cancellationToken);

    public Task DrainAsync(string silo, CancellationToken cancellationToken = default) =>
        PostAsync($"{Path}/drain", json => json.WriteString("silo", silo), _ => true, cancellationToken);

    public Task SuspendBalancingAsync(bool isSuspended, CancellationToken cancellationToken = default) => PostAsync(
        $"{Path}/balancing", json => json.WriteBoolean("suspended", isSuspended), _ => true, cancellationToken);

    private async Task<T> GetAsync<T>(string path, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        using var answer = await exchange.ReadAsync(HttpMethod.Get, path, writeBody: null, cancellationToken)
            .ConfigureAwait(false);
        return read(answer.RootElement.GetProperty("result"));
    }

    private async Task<T> PostAsync<T>(
        string path, Action<Utf8JsonWriter> writeBody, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        using var answer = await exchange.ReadAsync(HttpMethod.Post, path, writeBody, cancellationToken)
            .ConfigureAwait(false);
        return read(answer.RootElement.GetProperty("result"));
    }
}
