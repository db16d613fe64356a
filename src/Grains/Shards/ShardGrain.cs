using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Placement;
using VectorCluster.Engine.Shards;
using VectorCluster.Grains.Placement;
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
[ShardPlacement]
public sealed partial class ShardGrain(SiloShards shards, ILogger<ShardGrain> logger) : Grain, IShardGrain
{
    private readonly CancellationTokenSource _isUnwanted = new();
    private Task<OpenShard>? _opening;
    private int _waiting;

    private ShardId Id => ShardKey.Read(this.GetPrimaryKeyString());

    public Task PingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<WriteReceipt> WriteAsync(ShardOperation operation, CancellationToken cancellationToken) => CallAsync(
        async open =>
        {
            if (!ShardFit.Fits(operation, open.Settings)) throw new ShardMismatchException(open.Id);
            await shards.MakeRoomAsync(open, operation, cancellationToken);
            var receipt = await open.Shard.WriteAsync(operation, cancellationToken);
            shards.MeasureSize(open);
            return receipt;
        },
        cancellationToken);

    public Task<ShardHits[]> SearchAsync(ShardSearch[] searches, CancellationToken cancellationToken) => CallAsync(
        async open => (ShardHits[])[.. await SearchAsync(open, searches, isAlone: false, cancellationToken)],
        cancellationToken);

    public Task<StoredPoint[]> FetchAsync(PointsByPlaces wanted, CancellationToken cancellationToken) => CallAsync(
        async open => (StoredPoint[])
        [.. await open.Shard.FetchAsync(wanted.Hits, wanted.Payload, wanted.Vectors, cancellationToken)],
        cancellationToken);

    public Task<StoredPoint[]> GetAsync(PointsByIds wanted, CancellationToken cancellationToken) => CallAsync(
        async open => (StoredPoint[])
        [.. await open.Shard.GetAsync(wanted.Ids, wanted.Payload, wanted.Vectors, cancellationToken)],
        cancellationToken);

    public Task<ShardPage> ScrollAsync(PointsInOrder wanted, CancellationToken cancellationToken) => CallAsync(
        open => open.Shard.ScrollAsync(
            wanted.From, wanted.Limit, wanted.Filter, wanted.Payload, wanted.Vectors, cancellationToken),
        cancellationToken);

    public Task<long> CountAsync(Filter? filter, CancellationToken cancellationToken) =>
        CallAsync(open => open.Shard.CountAsync(filter, cancellationToken), cancellationToken);

    public Task<ShardInfo> DescribeAsync(CancellationToken cancellationToken) =>
        CallAsync(open => open.Shard.DescribeAsync(cancellationToken), cancellationToken);

    public async Task<TimeSpan> DeleteAsync(CancellationToken cancellationToken)
    {
        var opened = _opening;
        _opening = Task.FromException<OpenShard>(new ShardClosedException(Id)); // this activation opens it no more
        try
        {
            await CloseAsync(opened, isToBeDeleted: true);
            return await shards.DeleteAsync(Id, cancellationToken);
        }
        finally
        {
            DeactivateOnIdle();
        }
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await CloseAsync(_opening);
        _isUnwanted.Dispose();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Opened shard {Shard} at epoch {Epoch}")]
    private static partial void LogOpened(ILogger logger, ShardId shard, Epoch epoch);

    [LoggerMessage(Level = LogLevel.Error, Message = "Shard {Shard} could not be opened")]
    private static partial void LogNotOpened(ILogger logger, Exception exception, ShardId shard);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Shard {Shard} was not closed cleanly; its store is the truth")]
    private static partial void LogNotClosed(ILogger logger, Exception exception, ShardId shard);

    /// <exception cref="ShardMismatchException">The searches were made for another collection.</exception>
    internal static Task<IReadOnlyList<ShardHits>> SearchAsync(
        OpenShard open, IReadOnlyList<ShardSearch> searches, bool isAlone, CancellationToken cancellationToken) =>
        ShardFit.Fits(searches, open.Settings)
            ? open.Shard.SearchAsync(searches, isAlone, cancellationToken)
            : throw new ShardMismatchException(open.Id);

    private async Task<T> CallAsync<T>(Func<OpenShard, Task<T>> call, CancellationToken cancellationToken)
    {
        var open = await OpenedAsync(cancellationToken);
        try
        {
            return await shards.UseAsync(open, call);
        }
        finally
        {
            if (open.Shard.Ended.IsCompleted) DeactivateOnIdle();
        }
    }

    /// <summary>A caller that gives up leaves the others waiting. When none is left an opening that has not begun is
    /// given up too.</summary>
    private async ValueTask<OpenShard> OpenedAsync(CancellationToken cancellationToken)
    {
        var opening = _opening ??= OpenAsync();
        if (opening.IsCompleted) return await opening;
        _waiting++;
        try
        {
            return await opening.WaitAsync(cancellationToken);
        }
        finally
        {
            if (--_waiting == 0 && !opening.IsCompleted) await _isUnwanted.CancelAsync();
        }
    }

    private async Task<OpenShard> OpenAsync()
    {
        try
        {
            var open = await shards.OpenAsync(Id, GrainContext, _isUnwanted.Token);
            LogOpened(logger, Id, open.Shard.Epoch);
            return open;
        }
        catch (StoreCorruptedException damage)
        {
            LogNotOpened(logger, damage, Id);
            throw;
        }
        catch (Exception exception)
        {
            DeactivateOnIdle(); // the next activation tries again
            if (exception is OperationCanceledException) throw new ShardClosedException(Id);
            throw;
        }
    }

    /// <summary>Closes a shard. One that can't be closed cleanly is let go all the same: its store is the
    /// truth.</summary>
    private async Task CloseAsync(Task<OpenShard>? opening, bool isToBeDeleted = false)
    {
        if (opening is null) return;
        await opening.ContinueWith(_ => { }, TaskScheduler.Default);
        if (!opening.IsCompletedSuccessfully) return;
        try
        {
            await shards.CloseAsync(opening.Result, isToBeDeleted);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            LogNotClosed(logger, exception, Id);
        }
    }
}
