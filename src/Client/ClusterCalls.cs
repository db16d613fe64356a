using Orleans;

namespace VectorCluster.Client;

/// <summary>Calls the cluster through whichever silo answers.</summary>
/// <remarks>
/// <para>Calls go through several activations of the door in turn, which Orleans spreads over a client's gateways: so
/// the next try of a read takes another way, and the loss of one silo touches a part of the calls only.</para>
/// <para>A read that failed on the way, or may have been lost with a connection, is tried again until its time is over;
/// whichever try is answered first counts. A write or a change is sent once. If it may have been lost its outcome is
/// unknown, and the caller is told so soon after the loss.</para>
/// </remarks>
internal sealed class ClusterCalls(IGrainFactory grains, GatewayWatch gateways, TimeProvider time)
{
    /// <summary>Several times the silos of a usual cluster, so that each has its share of them.</summary>
    private const int Doors = 32;

    /// <summary>Tries of a read that wait for an answer at the same time.</summary>
    private const int MaxRunning = 3;

    /// <summary>How long a read may take where the request does not say.</summary>
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    /// <summary>Beyond a read's own time, so that the silo's account of what is missing comes first.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(2);

    /// <summary>After a loss, for answers that come over other connections.</summary>
    private static readonly TimeSpan ReadGrace = TimeSpan.FromMilliseconds(500);

    /// <summary>Likewise. A write that is told to be unknown although its answer was to come costs the caller more than
    /// a read that is sent twice.</summary>
    private static readonly TimeSpan WriteGrace = TimeSpan.FromSeconds(5);

    /// <summary>A read that takes longer is sent once more: its silo may have stopped without closing its
    /// connections.</summary>
    private static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private int _lastDoor;

    /// <param name="timeout">Null: 30 seconds. One that no request may have is the silo's to refuse.</param>
    /// <exception cref="ShardUnavailableException">No silo answered in time.</exception>
    public async Task<T> ReadAsync<T>(
        Func<IVectorDatabaseGrain, CancellationToken, Task<T>> call,
        TimeSpan? timeout,
        CancellationToken cancellationToken)
    {
        using var expiry = new CancellationTokenSource(TimeOf(timeout) + Slack, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, cancellationToken);
        Exception? failure = null;
        try
        {
            var running = new List<Task<T>>();
            for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
            {
                var loss = gateways.NextLoss;
                running.Add(call(NextDoor(), ending.Token).WaitAsync(ending.Token));
                if (await FirstAnswerAsync(running, loss, ending.Token) is not { } answer)
                {
                    ending.Token.ThrowIfCancellationRequested();
                    continue;
                }

                running.Remove(answer);
                if (answer.Exception?.InnerException is not { } exception || !ClusterFailure.IsOne(exception))
                    return await answer;
                failure = exception;
                await Task.Delay(pause, time, ending.Token);
            }
        }
        catch (OperationCanceledException) when (expiry.IsCancellationRequested
            && !cancellationToken.IsCancellationRequested)
        {
            throw ClusterFailure.OfRead(failure ?? new TimeoutException("No silo answered in time."));
        }
        finally
        {
            ending.Cancel(); // tries that are not needed any more; awaiting them would hold the answer up
        }
    }

    /// <summary>Sends a write or a change once.</summary>
    /// <exception cref="TimeoutException">Nobody knows whether it was done.</exception>
    /// <exception cref="Orleans.Runtime.OrleansException">Likewise.</exception>
    public async Task<T> SendAsync<T>(Func<IVectorDatabaseGrain, Task<T>> call)
    {
        using var answered = new CancellationTokenSource();
        var loss = gateways.NextLoss;
        var answer = call(NextDoor());
        var lost = LossAsync(loss, WriteGrace, answered.Token);
        if (await Task.WhenAny(answer, lost) == lost)
        {
            _ = answer.ContinueWith(static late => late.Exception, TaskScheduler.Default); // nobody waits for it
            throw new TimeoutException(
                $"The connection to a silo was lost, and no answer came within {WriteGrace.TotalSeconds} s.");
        }

        await answered.CancelAsync();
        return await answer;
    }

    private static TimeSpan TimeOf(TimeSpan? timeout) =>
        timeout is { } wanted && wanted > TimeSpan.Zero && wanted < LongestTimeout ? wanted : DefaultTimeout;

    private IVectorDatabaseGrain NextDoor() =>
        grains.GetGrain<IVectorDatabaseGrain>((uint)Interlocked.Increment(ref _lastDoor) % Doors);

    /// <returns>Null: an answer is not to be counted on any more, and there may be another try.</returns>
    private async Task<Task<T>?> FirstAnswerAsync<T>(List<Task<T>> running, Task loss, CancellationToken ending)
    {
        if (running.Count == MaxRunning) return await Task.WhenAny(running);
        var first = await Task.WhenAny([.. running, loss, Task.Delay(ReadPatience, time, ending)]);
        if (first == loss) first = await Task.WhenAny([.. running, Task.Delay(ReadGrace, time, ending)]);
        return first as Task<T>;
    }

    private async Task LossAsync(Task loss, TimeSpan grace, CancellationToken ending)
    {
        await loss.WaitAsync(ending);
        await Task.Delay(grace, time, ending);
    }
}
