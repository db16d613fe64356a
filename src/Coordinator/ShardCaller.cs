using VectorCluster.Engine.Shards;

namespace VectorCluster.Coordinator;

/// <summary>Calls shards with a deadline, and says of each what became of the call.</summary>
internal sealed class ShardCaller(IShardDirectory directory, TimeProvider time)
{
    /// <summary>Tries of a call whose shard was closed or moved meanwhile; nothing was done then.</summary>
    private const int MaxTries = 3;

    /// <summary>Calls one shard; the shard's own exceptions come through, a late answer as
    /// <see cref="TimeoutException"/>.</summary>
    public async Task<T> CallAsync<T>(
        ShardId shard,
        CollectionSettings settings,
        Func<IShardClient, CancellationToken, Task<T>> call,
        CancellationToken deadline)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var client = await directory.ResolveAsync(shard, settings, deadline);
                return await call(client, deadline).WaitAsync(deadline);
            }
            catch (ShardClosedException) when (attempt < MaxTries)
            {
                // Resolve it again.
            }
        }
    }

    /// <summary>Calls several shards at once.</summary>
    /// <param name="allowPartial">Leaves out shards that fail; else one failure fails the whole.</param>
    /// <exception cref="ShardUnavailableException">A shard failed, or (partial) all did.</exception>
    public async Task<ShardAnswers<T>> FanOutAsync<T>(
        IReadOnlyList<ShardId> shards,
        CollectionSettings settings,
        Func<ShardId, IShardClient, CancellationToken, Task<T>> call,
        TimeSpan timeout,
        bool allowPartial,
        CancellationToken cancellationToken)
    {
        using var expiry = new CancellationTokenSource(timeout, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, cancellationToken);
        var running = new Task<T>[shards.Count];
        for (var i = 0; i < running.Length; i++)
        {
            var shard = shards[i];
            running[i] = CallAsync(shard, settings, (client, token) => call(shard, client, token), deadline.Token);
        }

        await Task.WhenAll(running).ContinueWith(_ => { }, TaskScheduler.Default);
        cancellationToken.ThrowIfCancellationRequested();
        var answers = new List<(ShardId Shard, T Answer)>(running.Length);
        var failures = new List<ShardFailure>();
        for (var i = 0; i < running.Length; i++)
        {
            if (running[i].IsCompletedSuccessfully) answers.Add((shards[i], await running[i]));
            else failures.Add(FailureOf(shards[i], running[i].Exception?.InnerException, timeout));
        }

        if (failures.Count > 0 && (!allowPartial || answers.Count == 0)) throw Unavailable(failures);
        return new(answers, failures);
    }

    /// <summary>What an exception of a shard means to the caller; requests at fault come through as they are.</summary>
    public static ShardFailure FailureOf(ShardId shard, Exception? exception, TimeSpan timeout)
    {
        if (exception is InvalidRequestException or NotFoundException or OverloadedException)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception);
        return exception switch
        {
            null or OperationCanceledException => new(
                shard,
                ErrorCodes.DeadlineExceeded,
                $"Shard {shard} did not answer within {timeout.TotalSeconds:0.###} s."),
            StoreCorruptedException => new(shard, ErrorCodes.ShardCorrupted, exception.Message),
            _ => new(shard, ErrorCodes.ShardUnavailable, exception.Message),
        };
    }

    private static ShardUnavailableException Unavailable(IReadOnlyList<ShardFailure> failures)
    {
        var first = failures.FirstOrDefault(failure => failure.Code == ErrorCodes.ShardCorrupted) ?? failures[0];
        var others = failures.Count > 1 ? $" ({failures.Count - 1} more shards failed.)" : "";
        return new(first.Code, first.Message + others, failures);
    }
}

/// <param name="Missing">Shards without an answer; empty unless partial answers were allowed.</param>
internal sealed record ShardAnswers<T>(
    IReadOnlyList<(ShardId Shard, T Answer)> Answers, IReadOnlyList<ShardFailure> Missing);
