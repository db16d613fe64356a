namespace VectorCluster.Engine.Shards;

/// <summary>Counts the readers of a shard, so that closing can wait for them before memory is freed.</summary>
internal sealed class ReaderGate(ShardId shard)
{
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _tickets = 1; // one is the gate's own, given back by CloseAsync
    private int _isClosed;

    /// <exception cref="ShardClosedException">The gate is closed.</exception>
    public Ticket Enter()
    {
        Interlocked.Increment(ref _tickets);
        if (Volatile.Read(ref _isClosed) == 0) return new(this);
        Leave();
        throw new ShardClosedException(shard);
    }

    /// <summary>Lets nobody in any more, and waits until all have left.</summary>
    public Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0) Leave();
        return _empty.Task;
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _tickets) == 0) _empty.TrySetResult();
    }

    internal readonly struct Ticket(ReaderGate gate) : IDisposable
    {
        public void Dispose() => gate.Leave();
    }
}
