using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Placement;
using VectorCluster.Engine.Shards;
using VectorCluster.Grains.Wire;

namespace VectorCluster.Grains.Shards;

/// <summary>Hosts one shard, opened at the first call. Two activations can exist during a partition; the epoch keeps
/// the older one from writing.</summary>
/// <remarks>
/// <para>Once the shard has ended (deposed, parted from its store) the activation goes, and what it is asked meanwhile
/// fails with <see cref="ShardClosedException"/>: the caller asks again and gets a new activation, which opens the
/// shard from what the store has.</para>
/// <para>A damaged shard stays closed: the activation remembers the damage and tells everybody, until it is collected
/// as idle.</para>
/// <para>Opening is not part of the activation, whose failures reach callers without their type.</para>
/// </remarks>
[Immovable] // Orleans' own movers count activations and know nothing of a shard's bytes
public sealed partial class ShardGrain(SiloShards shards, ILogger<ShardGrain> logger) : Grain, IShardGrain
{
    private Task<Shard>? _opening;

    private ShardId Id => ShardKey.Read(this.GetPrimaryKeyString());

    public Task PingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<WriteReceipt> WriteAsync(ShardOperation operation, CancellationToken cancellationToken) => CallAsync(
        shard =>
        {
            if (!ShardFit.Fits(operation, shards.SettingsOf(shard))) throw new ShardMismatchException(shard.Id);
            return shard.WriteAsync(operation, cancellationToken);
        });

    public Task<ShardHits[]> SearchAsync(ShardSearch[] searches, CancellationToken cancellationToken) => CallAsync(
        async shard =>
        {
            if (!ShardFit.Fits(searches, shards.SettingsOf(shard))) throw new ShardMismatchException(shard.Id);
            return (ShardHits[])[.. await shard.SearchAsync(searches, cancellationToken)];
        });

    public Task<StoredPoint[]> FetchAsync(PointsByPlaces wanted, CancellationToken cancellationToken) => CallAsync(
        async shard => (StoredPoint[])
        [.. await shard.FetchAsync(wanted.Places, wanted.Payload, wanted.Vectors, cancellationToken)]);

    public Task<StoredPoint[]> GetAsync(PointsByIds wanted, CancellationToken cancellationToken) => CallAsync(
        async shard => (StoredPoint[])
        [.. await shard.GetAsync(wanted.Ids, wanted.Payload, wanted.Vectors, cancellationToken)]);

    public Task<ShardPage> ScrollAsync(PointsInOrder wanted, CancellationToken cancellationToken) =>
        CallAsync(shard => shard.ScrollAsync(
            wanted.From, wanted.Limit, wanted.Filter, wanted.Payload, wanted.Vectors, cancellationToken));

    public Task<long> CountAsync(Filter? filter, CancellationToken cancellationToken) =>
        CallAsync(shard => shard.CountAsync(filter, cancellationToken));

    public Task<ShardInfo> DescribeAsync(CancellationToken cancellationToken) =>
        CallAsync(shard => shard.DescribeAsync(cancellationToken));

    public async Task DeleteAsync(CancellationToken cancellationToken)
    {
        var opened = _opening;
        _opening = Task.FromException<Shard>(new ShardClosedException(Id)); // this activation opens it no more
        try
        {
            await CloseAsync(opened);
            await shards.DeleteAsync(Id, cancellationToken);
        }
        finally
        {
            DeactivateOnIdle();
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        CloseAsync(_opening);

    [LoggerMessage(Level = LogLevel.Information, Message = "Opened shard {Shard} at epoch {Epoch}")]
    private static partial void LogOpened(ILogger logger, ShardId shard, Epoch epoch);

    [LoggerMessage(Level = LogLevel.Error, Message = "Shard {Shard} could not be opened")]
    private static partial void LogNotOpened(ILogger logger, Exception exception, ShardId shard);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Shard {Shard} was not closed cleanly; its store is the truth")]
    private static partial void LogNotClosed(ILogger logger, Exception exception, ShardId shard);

    private async Task<T> CallAsync<T>(Func<Shard, Task<T>> call)
    {
        var shard = await (_opening ??= OpenAsync());
        try
        {
            if (shard.Ended.IsCompleted) throw new ShardClosedException(shard.Id);
            return await call(shard);
        }
        finally
        {
            if (shard.Ended.IsCompleted) DeactivateOnIdle();
        }
    }

    private async Task<Shard> OpenAsync()
    {
        try
        {
            // The caller that came first may give up; the others still want the shard.
            var shard = await shards.OpenAsync(Id, CancellationToken.None);
            LogOpened(logger, shard.Id, shard.Epoch);
            return shard;
        }
        catch (StoreCorruptedException damage)
        {
            LogNotOpened(logger, damage, Id);
            throw;
        }
        catch
        {
            DeactivateOnIdle(); // the next activation tries again
            throw;
        }
    }

    /// <summary>Closes a shard. One that can't be closed cleanly is let go all the same: its store is the
    /// truth.</summary>
    private async Task CloseAsync(Task<Shard>? opening)
    {
        if (opening is null) return;
        await opening.ContinueWith(_ => { }, TaskScheduler.Default);
        if (!opening.IsCompletedSuccessfully) return;
        try
        {
            await shards.CloseAsync(opening.Result);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogNotClosed(logger, exception, Id);
        }
    }
}
