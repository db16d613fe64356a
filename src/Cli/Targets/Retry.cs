namespace VectorCluster.Cli;

/// <summary>Repeats calls whose failure passes: a server that restarts, a shard that is overloaded.</summary>
/// <remarks>Only for calls that may be sent twice: reads, upserts, deletions by id.</remarks>
/// <param name="limit">How long a call may fail, counted from its first failure.</param>
/// <param name="onWaiting">Told why we wait; null once calls succeed again. May be called from several tasks.</param>
internal sealed class Retry(TimeSpan limit, TimeProvider time, Action<string?> onWaiting)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private int _isWaiting;

    public async Task<T> RunAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        long? firstFailure = null;
        for (var pause = FirstPause; ; pause = Min(pause * 2, LongestPause))
        {
            try
            {
                var result = await call();
                if (Interlocked.Exchange(ref _isWaiting, 0) == 1) onWaiting(null);
                return result;
            }
            catch (VectorDatabaseException exception) when (exception.IsRetrySafe)
            {
                firstFailure ??= time.GetTimestamp();
                if (time.GetElapsedTime(firstFailure.Value) >= limit) throw;
                if (Interlocked.Exchange(ref _isWaiting, 1) == 0) onWaiting(exception.Message);
                if (exception is OverloadedException overloaded) pause = Min(overloaded.RetryAfter, LongestPause);
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
