using VectorCluster.Coordinator.Telemetry;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Coordinator;

/// <summary>Calls shards with a deadline, and says of each what became of the call.</summary>
/// <remarks>A shard that was closed, moved, or lost with its silo is asked for again until the deadline: most callers
/// notice nothing but a wait. That nothing was done is part of what <see cref="ShardClosedException"/> says, so writes
/// may be repeated as reads are.</remarks>
internal sealed class ShardCaller(IShardDirectory directory, TimeProvider time)
{
    /// <summary>A shard that moved is there at once, one whose silo died after some seconds. The first try again is
    /// made without a pause.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Calls one shard; its own exceptions come through.</summary>
    /// <exception cref="ShardClosedException">It could not be had before the deadline. Nothing was done.</exception>
    /// <exception cref="OperationCanceledException">The deadline passed while the call was under way.</exception>
    public async Task<T> CallAsync<T>(
        ShardId shard,
        CollectionSettings settings,
        Func<IShardClient, CancellationToken, Task<T>> call,
        CancellationToken deadline)
    {
        using var activity = CoordinatorTelemetry.StartCall(shard);
        for (var pause = TimeSpan.Zero; ; pause = Next(pause))
        {
            try
            {
                var client = await directory.ResolveAsync(shard, settings, deadline);
                return await call(client, deadline).WaitAsync(deadline);
            }
            catch (ShardClosedException)
            {
                if (!await TryPauseAsync(pause, deadline)) throw;
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

        await ((Task)Task.WhenAll(running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    private static TimeSpan Next(TimeSpan pause) =>
        pause == TimeSpan.Zero ? FirstPause : pause * 2 < LongestPause ? pause * 2 : LongestPause;

    /// <returns>False: the deadline has passed.</returns>
    private async Task<bool> TryPauseAsync(TimeSpan pause, CancellationToken deadline)
    {
        await Task.Delay(pause, time, deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !deadline.IsCancellationRequested;
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
