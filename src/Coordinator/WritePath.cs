using VectorCluster.Coordinator.Catalogue;
using VectorCluster.Coordinator.Requests;
using VectorCluster.Coordinator.Telemetry;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Coordinator;

/// <summary>Writes: points grouped by shard, one batch to each, and each shard's outcome told.</summary>
internal sealed class WritePath(Catalogue.Catalogue catalogue, ShardCaller shards, TimeProvider time)
{
    /// <summary>How long a shard may take to make a write durable before its outcome is called unknown.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    public async Task<WriteResult> UpsertAsync(UpsertRequest request, CancellationToken cancellationToken)
    {
        var settings = await catalogue.GetAsync(request.Collection, cancellationToken);
        RequestCheck.Upsert(request, settings);
        if (request.Points.Count == 0) return Nothing;
        var map = await catalogue.FindOrCreateMapAsync(
            request.Collection, request.Namespace, settings.ShardCount, cancellationToken);
        var operations = Group(LastOfEachId(request.Points), point => map.ShardOf(point.Id))
            .Select(group => (group.Key, (ShardOperation)new UpsertPoints(group.Value)));
        return await WriteAsync(request.Collection, request.Namespace, settings, operations, cancellationToken);
    }

    public Task<WriteResult> DeleteAsync(DeleteRequest request, CancellationToken cancellationToken) =>
        WriteSelectedAsync(
            request.Collection,
            request.Namespace,
            request.Selector,
            part => new DeletePoints(part),
            cancellationToken);

    public Task<WriteResult> ChangePayloadAsync(PayloadRequest request, CancellationToken cancellationToken) =>
        WriteSelectedAsync(
            request.Collection,
            request.Namespace,
            request.Selector,
            part => new ChangePayload(part, request.Change),
            cancellationToken);

    private static WriteResult Nothing => new(new Dictionary<ShardId, Lsn>(), 0);

    /// <summary>Sends each shard its part of a selector: its ids, or the filter.</summary>
    private async Task<WriteResult> WriteSelectedAsync(
        string collection,
        string name,
        PointSelector selector,
        Func<PointSelector, ShardOperation> operationOf,
        CancellationToken cancellationToken)
    {
        var settings = await catalogue.GetAsync(collection, cancellationToken);
        Check.Namespace(name);
        RequestCheck.Selector(selector);
        if (await catalogue.FindMapAsync(collection, name, cancellationToken) is not { } map)
        {
            return selector is PointIdsSelector { Ids: [var id, ..] } && operationOf(selector) is ChangePayload
                ? throw NotFoundException.Point(id)
                : Nothing;
        }

        var parts = selector is PointIdsSelector ids
            ? Group(ids.Ids.Distinct(), map.ShardOf)
                .Select(group => (group.Key, operationOf(PointSelector.ByIds(group.Value))))
            : map.Ranges.Select(range => (range.Shard, operationOf(selector)));
        return await WriteAsync(collection, name, settings, parts, cancellationToken);
    }

    private async Task<WriteResult> WriteAsync(
        string collection,
        string name,
        CollectionSettings settings,
        IEnumerable<(int Shard, ShardOperation Operation)> parts,
        CancellationToken cancellationToken)
    {
        using var activity = CoordinatorTelemetry.Start("write", collection, name);
        using var expiry = new CancellationTokenSource(Timeout, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, cancellationToken);
        var running = parts
            .Select(part => (Shard: new ShardId(collection, name, part.Shard), part.Operation))
            .Select(part => (part.Shard, Task: WriteOneAsync(part.Shard, settings, part.Operation, deadline.Token)))
            .ToList();
        await Task.WhenAll(running.Select(part => part.Task)).ContinueWith(_ => { }, TaskScheduler.Default);
        if (running.All(part => part.Task.IsCompletedSuccessfully))
            return new(
                running.ToDictionary(part => part.Shard, part => part.Task.Result.Lsn),
                running.Sum(part => (long)part.Task.Result.PointCount));
        throw Incomplete(running);
    }

    private Task<WriteReceipt> WriteOneAsync(
        ShardId shard, CollectionSettings settings, ShardOperation operation, CancellationToken deadline) =>
        shards.CallAsync(shard, settings, (client, token) => client.WriteAsync(operation, token), deadline);

    /// <summary>The exception that says the most: of a request at fault or an overload if nothing was done, else all
    /// the outcomes.</summary>
    private static Exception Incomplete(List<(ShardId Shard, Task<WriteReceipt> Task)> parts)
    {
        var outcomes = parts.ConvertAll(part => OutcomeOf(part.Shard, part.Task));
        var faults = parts.Select(part => part.Task.Exception?.InnerException).ToList();
        if (faults.OfType<NotFoundException>().FirstOrDefault() is { } notFound) return notFound;
        if (faults.OfType<InvalidRequestException>().FirstOrDefault() is { } invalid) return invalid;
        if (outcomes.TrueForAll(outcome => outcome.Status == WriteStatus.Rejected)
            && faults.OfType<OverloadedException>().FirstOrDefault() is { } overloaded) return overloaded;
        var failed = outcomes.First(outcome => outcome.Failure is not null);
        var code = outcomes.Exists(outcome => outcome.Failure?.Code == ErrorCodes.ShardCorrupted)
            ? ErrorCodes.ShardCorrupted
            : outcomes.TrueForAll(outcome => outcome.Status == WriteStatus.Rejected) ? ErrorCodes.ShardUnavailable
            : ErrorCodes.WriteIncomplete;
        var applied = outcomes.Count(outcome => outcome.Status == WriteStatus.Applied);
        return new WriteIncompleteException(
            code, $"{applied} of {outcomes.Count} shards applied the write: {failed.Failure!.Message}", outcomes);
    }

    private static ShardWriteOutcome OutcomeOf(ShardId shard, Task<WriteReceipt> task)
    {
        if (task.IsCompletedSuccessfully) return new(shard, WriteStatus.Applied, task.Result.Lsn, null);
        var exception = task.Exception?.InnerException;
        var isUnknown = exception is null or OperationCanceledException or WriteOutcomeUnknownException;
        var failure = exception switch
        {
            StoreCorruptedException => new ShardFailure(shard, ErrorCodes.ShardCorrupted, exception.Message),
            null or OperationCanceledException => new(
                shard, ErrorCodes.DeadlineExceeded, $"Shard {shard} did not confirm the write in time."),
            _ => new(shard, ErrorCodes.ShardUnavailable, exception.Message),
        };
        return new(shard, isUnknown ? WriteStatus.Unknown : WriteStatus.Rejected, null, failure);
    }

    /// <summary>Where an id comes twice in a batch the last point counts, as if they had come one after the
    /// other.</summary>
    private static IEnumerable<Point> LastOfEachId(IReadOnlyList<Point> points)
    {
        var last = new Dictionary<PointId, int>(points.Count);
        for (var i = 0; i < points.Count; i++) last[points[i].Id] = i;
        return last.Count == points.Count ? points : points.Where((point, i) => last[point.Id] == i);
    }

    private static Dictionary<int, List<T>> Group<T>(IEnumerable<T> items, Func<T, int> shardOf)
    {
        var groups = new Dictionary<int, List<T>>();
        foreach (var item in items)
        {
            var shard = shardOf(item);
            if (!groups.TryGetValue(shard, out var group)) groups[shard] = group = [];
            group.Add(item);
        }

        return groups;
    }
}
