namespace VectorCluster.Grains.Shards;

/// <summary>Lets a few openings run at a time and a bounded number wait; each holds a place until its shard is
/// loaded.</summary>
internal sealed class ShardOpenings(VectorClusterOptions options, MemoryBudget budget, TimeProvider time)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _places = new(options.OpeningsAtOnce, options.OpeningsAtOnce);
    private int _waiting;

    /// <summary>Waits for a place and for memory, opens, and gives the place back.</summary>
    /// <param name="expectBytes">How large the shard is going to be, as far as can be known.</param>
    /// <param name="open">Takes over the claim; it is given back if this fails. May give the place back, by calling
    /// what it gets, once all is loaded and the claim says how much that is.</param>
    /// <param name="cancellationToken">Ends the waiting; an opening that has begun goes on.</param>
    /// <exception cref="OverloadedException">Too many wait, or nothing could be closed in time.</exception>
    public async Task<T> RunAsync<T>(
        ShardId shard,
        Func<CancellationToken, Task<long>> expectBytes,
        Func<MemoryClaim, Action, Task<T>> open,
        CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(options.OpeningPatience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await EnterAsync(shard, both.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw TooBusy(shard);
        }

        var hasPlace = 1;
        try
        {
            var claim = await ClaimAsync(shard, expectBytes, patience.Token, both.Token);
            try
            {
                return await open(claim, Leave);
            }
            catch
            {
                claim.Dispose();
                throw;
            }
        }
        finally
        {
            Leave();
        }

        void Leave()
        {
            if (Interlocked.Exchange(ref hasPlace, 0) == 1) _places.Release();
        }
    }

    private async Task EnterAsync(ShardId shard, CancellationToken cancellationToken)
    {
        if (_places.Wait(0, CancellationToken.None)) return;
        if (Interlocked.Increment(ref _waiting) > options.WaitingOpenings)
        {
            Interlocked.Decrement(ref _waiting);
            throw TooBusy(shard);
        }

        try
        {
            await _places.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private async Task<MemoryClaim> ClaimAsync(
        ShardId shard,
        Func<CancellationToken, Task<long>> expectBytes,
        CancellationToken patience,
        CancellationToken cancellationToken)
    {
        var bytes = 0L;
        try
        {
            bytes = await expectBytes(cancellationToken);
            return await budget.ClaimAsync(bytes, cancellationToken);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new OverloadedException(
                $"Shard {shard} ({bytes} bytes) does not fit into memory: shards that are in use take "
                + $"{budget.HeldBytes} bytes of the {budget.BudgetBytes} of MemoryBudgetBytes.",
                RetryAfter);
        }
    }

    private static OverloadedException TooBusy(ShardId shard) =>
        new($"Too many shards wait to be opened; {shard} is one more.", RetryAfter);
}
