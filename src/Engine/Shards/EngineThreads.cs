using System.Collections.Concurrent;
using VectorCluster.Engine.Hnsw;

namespace VectorCluster.Engine.Shards;

/// <summary>The threads that search and build, shared by all shards of a process.</summary>
/// <remarks>
/// <para>Searches wait in one bounded queue; one that finds it full is refused at once rather than kept waiting. As
/// many run at a time as there are search threads.</para>
/// <para>Handing a search to another thread and its result back takes as long as many a search. So a short one runs on
/// a thread of the runtime's pool: on that which asks for it, if the caller starts nothing else meanwhile and a place
/// is free.</para>
/// </remarks>
public sealed class EngineThreads : IDisposable
{
    /// <summary>Searches that may wait for a thread: a few hundred milliseconds of work, so that the refused could not
    /// have been served soon.</summary>
    public const int DefaultQueueLength = 4_096;

    /// <summary>Shards that save a checkpoint at a time: each holds a copy of its changed pages meanwhile.</summary>
    private const int CheckpointsAtOnce = 8;

    /// <summary>On a caller's thread, before it is given back.</summary>
    private const int SearchesInARow = 16;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    [ThreadStatic]
    private static int _inARow;

    private readonly BlockingCollection<Action<SearchScratch>> _queue;
    private readonly Thread[] _threads;
    private readonly SearchPlaces _places;
    private readonly SemaphoreSlim _building = new(1, 1);
    private readonly SemaphoreSlim _checkpoints = new(CheckpointsAtOnce, CheckpointsAtOnce);
    private readonly SemaphoreSlim _repairs = new(1, 1); // at a time: each holds a copy of its shard
    private readonly SearchScratch[] _buildScratches;

    /// <param name="searchThreads">Threads that search; 0: one a core.</param>
    /// <param name="buildThreads">Threads that add to graphs, of one shard at a time; 0: one a core.</param>
    public EngineThreads(int searchThreads = 0, int buildThreads = 0, int queueLength = DefaultQueueLength)
    {
        _queue = new(queueLength);
        _buildScratches = [.. Enumerable.Range(0, OrCores(buildThreads)).Select(_ => new SearchScratch())];
        _threads = new Thread[OrCores(searchThreads)];
        _places = new(_threads.Length);
        for (var i = 0; i < _threads.Length; i++)
        {
            _threads[i] = new(Work) { IsBackground = true, Name = $"search-{i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Stops taking work and waits for what is under way.</summary>
    public void Dispose()
    {
        if (_queue.IsAddingCompleted) return;
        _queue.CompleteAdding();
        foreach (var thread in _threads) thread.Join();
        _places.Dispose();
        _building.Wait();
        foreach (var scratch in _buildScratches) scratch.Dispose();
        _building.Dispose();
        _queue.Dispose();
    }

    /// <summary>Waits for a place among the shards that save a checkpoint; it is given back by disposing.</summary>
    public async ValueTask<IDisposable> EnterCheckpointAsync(CancellationToken cancellationToken)
    {
        await _checkpoints.WaitAsync(cancellationToken);
        return new Place(_checkpoints);
    }

    /// <summary>Waits for its turn among the shards that are to be repaired; it is given back by disposing.</summary>
    internal async Task<IDisposable> EnterRepairAsync(CancellationToken cancellationToken)
    {
        await _repairs.WaitAsync(cancellationToken);
        return new Place(_repairs);
    }

    /// <summary>Runs work on a search thread.</summary>
    /// <exception cref="OverloadedException">The queue is full.</exception>
    internal Task<T> RunAsync<T>(Func<SearchScratch, T> work, CancellationToken cancellationToken)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isQueued = _queue.TryAdd(scratch =>
        {
            if (cancellationToken.IsCancellationRequested)
            {
                completion.TrySetCanceled(cancellationToken);
                return;
            }

            try
            {
                completion.TrySetResult(work(scratch));
            }
            catch (OperationCanceledException)
            {
                completion.TrySetCanceled(cancellationToken);
            }
            catch (Exception exception)
            {
                completion.TrySetException(exception);
            }
        });
        return isQueued
            ? completion.Task
            : throw new OverloadedException("Too many searches are waiting.", RetryAfter);
    }

    /// <summary>Runs work that takes a millisecond or so: on a thread of the pool if a place is free, else on a search
    /// thread.</summary>
    /// <param name="isAlone">Whether the caller starts nothing else before it has the result: then the thread may be
    /// its own, if that is one of the pool.</param>
    /// <exception cref="OverloadedException">The queue is full.</exception>
    internal async Task<T> RunShortAsync<T>(
        Func<SearchScratch, T> work, bool isAlone, CancellationToken cancellationToken)
    {
        if (!isAlone || !MayUseThisThread())
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (_queue.Count > 0 || _places.TryEnter() is not { } scratch) return await RunAsync(work, cancellationToken);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return work(scratch);
        }
        finally
        {
            _places.Leave(scratch);
        }
    }

    /// <summary>Runs a step of building with all build threads; shards take turns.</summary>
    internal async Task BuildAsync(Action<IReadOnlyList<SearchScratch>> step, CancellationToken cancellationToken)
    {
        await _building.WaitAsync(cancellationToken);
        try
        {
            await Task.Run(() => step(_buildScratches), CancellationToken.None);
        }
        finally
        {
            _building.Release();
        }
    }

    /// <summary>Not that of a user interface, nor a grain's turn; and now and then it is given back: who asks again and
    /// again in a loop may have been started by somebody who wants to start more such loops.</summary>
    private static bool MayUseThisThread() =>
        Thread.CurrentThread.IsThreadPoolThread
        && SynchronizationContext.Current is null
        && TaskScheduler.Current == TaskScheduler.Default
        && ++_inARow % SearchesInARow != 0;

    private static int OrCores(int threads) => threads > 0 ? threads : Environment.ProcessorCount;

    private void Work()
    {
        foreach (var work in _queue.GetConsumingEnumerable())
        {
            var scratch = _places.Enter();
            work(scratch); // throws nothing: what goes wrong is the task's
            _places.Leave(scratch);
        }
    }

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
