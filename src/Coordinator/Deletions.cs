namespace VectorCluster.Coordinator;

/// <summary>Carries out deletions that the catalogue has begun: first the shards, then the row, so that a crash leaves
/// the mark.</summary>
internal sealed class Deletions(Catalogue.Catalogue catalogue, IShardDirectory directory)
{
    private readonly SemaphoreSlim _oneAtATime = new(1, 1);

    /// <summary>Does nothing if somebody else finished it, so that a collection made anew meanwhile stays.</summary>
    public async Task FinishCollectionAsync(string collection, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (!await catalogue.IsDeletingAsync(collection, cancellationToken)) return;
            await DeleteShardsAsync(collection, name: null, cancellationToken);
            await catalogue.DeleteAsync(collection, cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>As <see cref="FinishCollectionAsync"/>, for a namespace.</summary>
    public async Task FinishNamespaceAsync(string collection, string name, CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            if (!await catalogue.IsNamespaceDeletingAsync(collection, name, cancellationToken)) return;
            await DeleteShardsAsync(collection, name, cancellationToken);
            await catalogue.DeleteNamespaceAsync(collection, name, cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private async Task DeleteShardsAsync(string collection, string? name, CancellationToken cancellationToken)
    {
        // All of them first: a list under way keeps a connection of the store's, and deleting takes another.
        var shards = new List<ShardId>();
        var stored = StoreCalls.ReadAsync(directory.ListAsync(collection, name, cancellationToken), cancellationToken);
        await foreach (var shard in stored) shards.Add(shard);
        foreach (var shard in shards)
            await StoreCalls.ChangeAsync(() => new(directory.DeleteAsync(shard, cancellationToken)), cancellationToken);
    }
}
