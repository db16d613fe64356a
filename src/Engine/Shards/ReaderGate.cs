namespace VectorCluster.Engine.Shards;

/// <summary>Counts the readers of a shard, so that memory which they may still look at is not freed under
/// them.</summary>
/// <remarks>Readers are counted by generations: who waits for those that are inside ends their generation, and whoever
/// enters later is of the next. A reader looks for what it reads after it has entered.</remarks>
internal sealed class ReaderGate(ShardId shard)
{
    private readonly Lock _ending = new();
    private Generation _current = new();
    private Task _left = Task.CompletedTask; // of all generations that were ended
    private volatile bool _isClosed;

    /// <exception cref="ShardClosedException">The gate is closed.</exception>
    public Ticket Enter()
    {
        while (true)
        {
            var generation = Volatile.Read(ref _current);
            generation.Enter(); // a full fence: whoever ends the generation from here on waits for this reader
            if (!_isClosed && generation == Volatile.Read(ref _current)) return new(generation);
            generation.Leave();
            if (_isClosed) throw new ShardClosedException(shard);
        }
    }

    /// <summary>Waits until all have left that are inside now; others may enter meanwhile.</summary>
    public Task WaitForPresentAsync()
    {
        lock (_ending)
        {
            var ended = Interlocked.Exchange(ref _current, new());
            ended.Leave(); // its own ticket
            return _left = Task.WhenAll(_left, ended.Left);
        }
    }

    /// <summary>Lets nobody in any more, and waits until all have left.</summary>
    public Task CloseAsync()
    {
        _isClosed = true;
        return WaitForPresentAsync();
    }

    internal readonly struct Ticket(Generation generation) : IDisposable
    {
        public void Dispose() => generation.Leave();
    }

    internal sealed class Generation
    {
        private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _tickets = 1; // one is the generation's own, given back when it ends

        public Task Left => _left.Task;

        public void Enter() => Interlocked.Increment(ref _tickets);

        public void Leave()
        {
            if (Interlocked.Decrement(ref _tickets) == 0) _left.TrySetResult();
        }
    }
}
