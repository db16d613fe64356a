using System.Globalization;
using VectorCluster.Engine.Shards;
using VectorCluster.Tests.History;

namespace VectorCluster.Tests.Owner;

/// <summary>Random writes, deletions and reads of a few points, several at a time, and what of them goes into the
/// history.</summary>
/// <remarks>
/// <para>Writes and deletions are recorded as they come. A read can't be: an owner answers reads from memory, and one
/// that was deposed does not know it yet. That is no fault, as long as nobody takes such a read for the newest state,
/// so a read counts only where the ownership is confirmed:</para>
/// <para>By a later write. When a write that was begun after the read is acknowledged, under the epoch that held at the
/// read, no other owner had come until that write was appended; so what was read was the newest state when it was read.
/// The read is recorded with the acknowledgement as its end: that is when it could have been answered. The write must
/// have reached the store, as an upsert or a deletion by id always does.</para>
/// <para>By the opening. Nobody but this owner can append after it acquired the shard, until somebody else acquires it;
/// so what it loaded is the newest state as of that moment, which lies between the start of the opening and the end of
/// a read that comes before anything else. Such reads are recorded with that time.</para>
/// </remarks>
internal sealed class OwnerWork(HistoryWriter history, string process, Random random)
{
    /// <summary>Few, so that operations meet.</summary>
    private const int PointCount = 6;

    private const int MaxBatch = 4;

    public static readonly CollectionSettings Settings = CollectionSettings.ForVector(2, DistanceMetric.Euclidean);

    private readonly List<Unconfirmed> _unconfirmed = [];
    private int _lastValue;

    /// <summary>Reads every point of a shard that was just opened.</summary>
    /// <param name="began">Before the opening.</param>
    public async Task ReadOpenedAsync(Shard shard, long began)
    {
        _unconfirmed.Clear();
        for (var point = 0; point < PointCount; point++)
        {
            var value = await ReadAsync(shard, point);
            history.AddRead(KeyOf(point), value, began, history.Now);
        }
    }

    /// <returns>The answer to the command.</returns>
    public async Task<string> RunAsync(Shard shard, int operations)
    {
        var (outcomes, reads) = (new int[3], 0);
        while (operations > 0)
        {
            var batch = Math.Min(operations, random.Next(1, MaxBatch + 1));
            operations -= batch;
            List<Unconfirmed> earlier = [.. _unconfirmed];
            var writes = new List<Task<(OperationOutcome Outcome, long Returned)>>();
            for (; batch > 0; batch--)
            {
                var point = random.Next(PointCount);
                if (random.Next(3) == 0) await TryReadAsync(shard, point);
                else writes.Add(WriteAsync(shard, point));
            }

            var done = await Task.WhenAll(writes);
            foreach (var (outcome, _) in done) outcomes[(int)outcome]++;
            var acknowledged = done.Where(write => write.Outcome == OperationOutcome.Ok).ToList();
            if (acknowledged.Count > 0)
                reads += Confirm(earlier, shard.Epoch, acknowledged.Min(write => write.Returned));
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"worked ok={outcomes[0]} unknown={outcomes[1]} rejected={outcomes[2]} reads={reads}");
    }

    private static string KeyOf(int point) => point.ToString(CultureInfo.InvariantCulture);

    private static PointId IdOf(int point) => PointId.FromNumber((ulong)point);

    private static async Task<string?> ReadAsync(Shard shard, int point)
    {
        var found = await shard.GetAsync([IdOf(point)], PayloadSelector.All, VectorSelector.None);
        return found.Count == 0 ? null : found[0].Payload!.As<Content>()!.Value;
    }

    /// <summary>A read that fails says nothing.</summary>
    private async Task TryReadAsync(Shard shard, int point)
    {
        try
        {
            var (epoch, invoked) = (shard.Epoch, history.Now);
            _unconfirmed.Add(new(point, await ReadAsync(shard, point), epoch, invoked));
        }
        catch (ShardClosedException)
        {
            // deposed
        }
    }

    /// <param name="earlier">Reads that had ended when the write began.</param>
    /// <param name="epoch">After the acknowledgement. Epochs only grow: a read under the same one was followed by no
    /// other until the write was appended.</param>
    /// <returns>How many it confirmed.</returns>
    private int Confirm(List<Unconfirmed> earlier, Epoch epoch, long acknowledged)
    {
        foreach (var read in earlier.Where(read => read.Epoch == epoch))
            history.AddRead(KeyOf(read.Point), read.Value, read.Invoked, acknowledged);
        _unconfirmed.RemoveAll(earlier.Contains);
        return earlier.Count(read => read.Epoch == epoch);
    }

    private async Task<(OperationOutcome Outcome, long Returned)> WriteAsync(Shard shard, int point)
    {
        ShardOperation operation;
        long number;
        if (random.Next(4) == 0)
        {
            operation = new DeletePoints(PointSelector.ByIds(IdOf(point)));
            number = history.BeginDelete(KeyOf(point));
        }
        else
        {
            var value = string.Create(CultureInfo.InvariantCulture, $"{process}:{++_lastValue}");
            var vector = new[] { random.NextSingle(), random.NextSingle() };
            operation = new UpsertPoints(
                [new(IdOf(point), VectorSet.Single(vector), Payload.From(new Content(value)))]);
            number = history.BeginWrite(KeyOf(point), value);
        }

        var outcome = await OutcomeAsync(shard, operation);
        var returned = history.Now;
        history.End(number, outcome);
        return (outcome, returned);
    }

    private static async Task<OperationOutcome> OutcomeAsync(Shard shard, ShardOperation operation)
    {
        try
        {
            await shard.WriteAsync(operation);
            return OperationOutcome.Ok;
        }
        catch (Exception exception)
            when (exception is ShardClosedException or ShardReadOnlyException or OverloadedException)
        {
            return OperationOutcome.Rejected; // "nothing was done", says IShardClient
        }
        catch (Exception)
        {
            return OperationOutcome.Unknown;
        }
    }

    private sealed record Content(string Value);

    private sealed record Unconfirmed(int Point, string? Value, Epoch Epoch, long Invoked);
}
