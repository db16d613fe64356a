using Orleans;
using Orleans.Runtime;
using Orleans.Runtime.Placement;
using VectorCluster.Grains.Loads;
using VectorCluster.Grains.Shards;

namespace VectorCluster.Grains.Balancing;

/// <summary>Carries a move out, step by step; each step leaves a shard that serves, wherever it stops.</summary>
/// <remarks>
/// <para>A large shard is made fit for loading and loaded by the target while the source serves it (a warm copy). Then
/// its activation migrates: Orleans lets running calls end, keeps new ones waiting, closes the shard, makes the new
/// activation, and forwards what waits. A small shard migrates at once: loading it takes no longer than a few
/// calls.</para>
/// <para>Should the target not take the activation, the old one is gone all the same, and the next call makes one
/// somewhere.</para>
/// </remarks>
public sealed class ShardMover(SiloServices services, IGrainFactory grains, VectorClusterOptions options)
{
    internal async Task MoveAsync(RunningMove move)
    {
        var key = ShardKey.Write(move.Shard);
        try
        {
            if (move.Bytes >= options.WarmMoveBytes) await WarmAsync(move, key);
            move.Status = ShardMoveStatus.Switching;
            await services.Of(move.From).HandOverAsync(key, move.To);
        }
        catch
        {
            await services.Of(move.From).CallOffAsync(key);
            throw;
        }

        await grains.GetGrain<IShardGrain>(key).DescribeAsync(CancellationToken.None); // opens it, wherever it is now
        if (!await services.Of(move.To).HasAsync(key))
            throw new InvalidOperationException("The silo did not take the shard; another one serves it.");
    }

    private async Task WarmAsync(RunningMove move, string key)
    {
        move.Status = ShardMoveStatus.Warming;
        await services.Of(move.From).PrepareAsync(key);
        await services.Of(move.To).WarmAsync(key);
        await RehearseAsync(move.From, move.To);
    }

    /// <summary>A silo that has just started compiles for a tenth of a second what takes some milliseconds
    /// later.</summary>
    private async Task RehearseAsync(SiloAddress from, SiloAddress to)
    {
        var rehearsal = grains.GetGrain<IRehearsalGrain>(Guid.NewGuid());
        RequestContext.Set(IPlacementDirector.PlacementHintKey, from);
        try
        {
            await rehearsal.GoAsync(to);
        }
        finally
        {
            RequestContext.Remove(IPlacementDirector.PlacementHintKey);
        }

        await rehearsal.EndAsync();
    }
}
