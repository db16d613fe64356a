using System.Diagnostics;
using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Telemetry;

namespace VectorCluster.Engine.Shards;

/// <summary>Makes a shard's state from what its new owner finds in the store, or from a warm copy of it.</summary>
internal static class ShardLoad
{
    /// <param name="warm">Used if it is of the checkpoint that the owner was given, and the log goes on from
    /// it.</param>
    /// <returns>The state, and how many bytes of log it has on top of the checkpoint.</returns>
    /// <exception cref="StoreCorruptedException">What is stored is damaged.</exception>
    /// <exception cref="ShardClosedException">A newer owner took the shard meanwhile.</exception>
    public static async Task<(ShardState State, long LogBytes)> RunAsync(
        ShardId id,
        CollectionSettings settings,
        IShardStore store,
        ShardOwnership ownership,
        WarmShard? warm,
        CancellationToken cancellationToken)
    {
        if (warm?.TryTake(id, settings, ownership) is var (copy, copyBytes))
        {
            try
            {
                var newBytes = await LogReplay.RunAsync(copy, store, id, ownership, cancellationToken);
                copy.SetPayloadIndexes(settings.PayloadIndexes);
                return (copy, copyBytes + newBytes);
            }
            catch (Exception exception)
            {
                copy.Dispose();
                if (exception is not (StoreCorruptedException or RecordFailedException)) throw;
            }
        }

        using var activity = EngineTelemetry.Start("store load", id, ActivityKind.Client);
        var state = new ShardState(settings, InstructionSets.Current);
        try
        {
            if (ownership.Checkpoint is { } checkpoint)
                await Checkpoint.LoadAsync(state, store, id, checkpoint, ownership.Epoch, cancellationToken);
            return (state, await LogReplay.RunAsync(state, store, id, ownership, cancellationToken));
        }
        catch (Exception exception)
        {
            state.Dispose();
            if (exception is StoreCorruptedException or RecordFailedException
                && !(await store.AreCurrentAsync([(id, ownership.Epoch)], cancellationToken))[0])
                throw new ShardClosedException(id); // a newer owner has changed what was being read
            throw;
        }
    }
}
