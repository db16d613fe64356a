namespace VectorCluster.Grains.Shards;

/// <summary>Keeps what shards hold in memory within a budget: who wants memory waits until it is there, having asked
/// for idle shards to be closed.</summary>
/// <remarks>
/// <para>Every holder has a claim, whose size follows what it holds. The sum may pass the budget by what shards grow
/// while they are in use, and by what was not foreseen while they are loaded.</para>
/// <para>One that is larger than the whole budget is let in when nothing else is there: it could never be served
/// otherwise.</para>
/// </remarks>
/// <param name="closeOneIdle">Begins to close an idle shard; false: there is none.</param>
internal sealed class MemoryBudget(long budgetBytes, Func<bool> closeOneIdle)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _waiting;
    private long _held;
    private long _closing;

    public long BudgetBytes => budgetBytes;

    /// <summary>Sum of all claims.</summary>
    public long HeldBytes
    {
        get
        {
            lock (_gate) return _held;
        }
    }

    /// <summary>Waits until there is room.</summary>
    /// <exception cref="OperationCanceledException">There was none in time.</exception>
    public async Task<MemoryClaim> ClaimAsync(long bytes, CancellationToken cancellationToken)
    {
        MemoryClaim? claim = null;
        await WaitAsync(() => (claim = TryClaim(bytes)) is not null, bytes, mayGiveUp: false, cancellationToken);
        return claim!;
    }

    /// <summary>Waits until what is held may grow.</summary>
    /// <returns>False: there is no room, and no idle shard whose closing would make some.</returns>
    public ValueTask<bool> MakeRoomAsync(long bytes, CancellationToken cancellationToken) => HasRoom(bytes)
        ? new(true)
        : new(WaitAsync(() => HasRoom(bytes), bytes, mayGiveUp: true, cancellationToken));

    /// <summary>To be called when a shard became idle: those that wait look again.</summary>
    public void NoteIdle()
    {
        if (Volatile.Read(ref _waiting) > 0) Signal();
    }

    internal void Resize(long change, bool isClosing)
    {
        lock (_gate)
        {
            _held += change;
            if (isClosing) _closing += change;
        }

        if (change < 0) NoteIdle();
    }

    internal void NoteClosing(long bytes)
    {
        lock (_gate) _closing += bytes;
    }

    private async Task<bool> WaitAsync(
        Func<bool> isDone, long bytes, bool mayGiveUp, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            while (true)
            {
                var changed = Volatile.Read(ref _changed).Task; // before looking: no change goes unseen
                if (isDone()) return true;
                var isClosingEnough = CloseIdle(bytes);
                if (mayGiveUp && !isClosingEnough) return isDone();
                await changed.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <returns>False: even when all that is being closed is closed there is no room.</returns>
    private bool CloseIdle(long bytes)
    {
        while (!WillHaveRoom(bytes))
            if (!closeOneIdle()) return false;
        return true;
    }

    private MemoryClaim? TryClaim(long bytes)
    {
        lock (_gate)
        {
            if (_held > 0 && _held + bytes > budgetBytes) return null;
            _held += bytes;
            return new(this, bytes);
        }
    }

    private bool HasRoom(long bytes)
    {
        lock (_gate) return _held + bytes <= budgetBytes;
    }

    private bool WillHaveRoom(long bytes)
    {
        lock (_gate) return _held == _closing || _held - _closing + bytes <= budgetBytes;
    }

    private void Signal() => Interlocked
        .Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}

/// <summary>Memory that is held, or about to be. Disposing gives it back.</summary>
internal sealed class MemoryClaim(MemoryBudget budget, long bytes) : IDisposable
{
    private readonly Lock _gate = new();
    private bool _isClosing;
    private bool _isDisposed;

    public long Bytes { get; private set; } = bytes;

    public bool IsClosing => Volatile.Read(ref _isClosing);

    public void Resize(long bytes)
    {
        lock (_gate)
        {
            if (_isDisposed || bytes == Bytes) return;
            budget.Resize(bytes - Bytes, _isClosing);
            Bytes = bytes;
        }
    }

    /// <summary>The memory is going to be given back soon.</summary>
    /// <returns>False: that was known.</returns>
    public bool TryNoteClosing()
    {
        lock (_gate)
        {
            if (_isClosing || _isDisposed) return false;
            _isClosing = true;
            budget.NoteClosing(Bytes);
            return true;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            budget.Resize(-Bytes, _isClosing);
        }
    }
}
