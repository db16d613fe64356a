using Orleans;
using VectorCluster.Coordinator;
using VectorCluster.Engine.Shards;
using VectorCluster.Grains.Catalogue;

namespace VectorCluster.Grains.Shards;

/// <summary>The shards of a cluster, found by grain reference; those of this silo also by themselves.</summary>
internal sealed class GrainShards(IGrainFactory grains, SiloShards local, CatalogueNews news) : IShardDirectory
{
    private readonly LostShards _lost = new();

    /// <summary>Those that this silo found; the others tell theirs when they are called.</summary>
    public IReadOnlyList<ShardFailure> Failures => local.Failures;

    public ValueTask<IShardClient> ResolveAsync(
        ShardId shard, CollectionSettings settings, CancellationToken cancellationToken)
    {
        var open = local.Find(shard);
        return new(NearShard.Is(open) ? new NearShard(open!, local, ActivationOf) : ActivationOf(shard));
    }

    /// <summary>Every silo reads the settings anew and gives them to its shards.</summary>
    public Task ApplySettingsAsync(
        string collection, CollectionSettings settings, CancellationToken cancellationToken) =>
        news.TellAsync(collection, cancellationToken);

    public Task<TimeSpan> DeleteAsync(ShardId shard, CancellationToken cancellationToken) =>
        GrainOf(shard).DeleteAsync(cancellationToken);

    public IAsyncEnumerable<ShardId> ListAsync(string collection, string? name, CancellationToken cancellationToken) =>
        local.ListAsync(collection, name, cancellationToken);

    private GrainShard ActivationOf(ShardId shard) => new(shard, GrainOf(shard), _lost);

    private IShardGrain GrainOf(ShardId shard) => grains.GetGrain<IShardGrain>(ShardKey.Write(shard));
}
