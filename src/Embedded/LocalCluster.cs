using VectorCluster.Engine.Shards;

namespace VectorCluster.Embedded;

/// <summary>One process as a cluster of one silo.</summary>
internal sealed class LocalCluster(LocalShards shards, TimeProvider time) : ICluster
{
    private const string Name = "local";

    public async Task<ClusterInfo> GetClusterAsync(CancellationToken cancellationToken = default)
    {
        var placed = await ListShardsAsync(limit: int.MaxValue, cancellationToken: cancellationToken);
        var budget = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes; // no budget of its own: all there is
        var silo = new SiloInfo(
            Name, "", SiloState.Serving, placed.Count, placed.Sum(shard => shard.ResidentBytes), budget);
        return new([silo], Imbalance: 0, IsBalancingSuspended: false, WaitingMoves: 0, RunningMoves: 0);
    }

    public async Task<IReadOnlyList<PlacedShard>> ListShardsAsync(
        string? collection = null, int limit = 1_000, CancellationToken cancellationToken = default)
    {
        var placed = new List<PlacedShard>();
        foreach (var shard in shards.Loaded(collection))
        {
            try
            {
                var info = await shard.DescribeAsync(cancellationToken);
                placed.Add(new(shard.Id, Name, info.ResidentBytes, info.PointCount));
            }
            catch (ShardClosedException)
            {
                // It is no longer in memory.
            }
        }

        return [.. placed.OrderByDescending(shard => shard.ResidentBytes).Take(limit)];
    }

    public Task<IReadOnlyList<ShardMove>> ListMovesAsync(CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<ShardMove>>([]);

    public Task<ShardMove> MoveShardAsync(ShardId shard, string silo, CancellationToken cancellationToken = default)
    {
        CheckName(silo);
        return Task.FromResult(new ShardMove(
            shard,
            Name,
            Name,
            Bytes: 0,
            ShardMoveStatus.Done,
            "It is there already.",
            time.GetUtcNow(),
            TimeSpan.Zero,
            Failure: null));
    }

    public Task DrainAsync(string silo, CancellationToken cancellationToken = default)
    {
        CheckName(silo);
        throw new InvalidRequestException(
            ErrorCodes.InvalidRequest, "There is only one silo: nobody could take its shards.");
    }

    public Task SuspendBalancingAsync(bool isSuspended, CancellationToken cancellationToken = default) =>
        Task.CompletedTask; // nothing is ever balanced

    private static void CheckName(string silo)
    {
        if (silo != Name) throw NotFoundException.Silo(silo, [Name]);
    }
}
