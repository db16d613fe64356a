namespace VectorCluster.Coordinator;

/// <summary>Carries out deletions that the catalogue has begun: first the shards, then the row, so that a crash leaves
/// the mark.</summary>
/// <remarks>The row goes only when no owner of before can answer reads any more: what is made anew under the name is
/// never read as what was deleted.</remarks>
internal sealed class Deletions(Catalogue.Catalogue catalogue, IShardDirectory directory, TimeProvider time)
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
        var silence = TimeSpan.Zero;
        try
        {
            foreach (var shard in shards)
            {
                var left = await StoreCalls.ChangeAsync(
                    () => new ValueTask<TimeSpan>(directory.DeleteAsync(shard, cancellationToken)), cancellationToken);
                if (left > silence) silence = left;
            }
        }
        finally
        {
            // Whoever goes on with a deletion that was broken off does not find these shards, nor who had them.
            if (silence > TimeSpan.Zero) await Task.Delay(silence, time, CancellationToken.None);
        }
    }
}
