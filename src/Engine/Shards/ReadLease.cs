namespace VectorCluster.Engine.Shards;

/// <summary>Lets a shard answer reads only while nobody else can have taken it over.</summary>
/// <remarks>
/// <para>A read needs that the store confirmed the ownership in a call that began at most the lease ago; every call of
/// the shard's under its epoch does so, and past half of the lease a read asks in the background. A new owner whose
/// predecessor is still held serves nothing before its lease has passed since it took over. So no read of the old
/// owner sees less than what the new one has acknowledged, however long the old one was stopped: its last confirmation
/// began before it was deposed. All processes must have the same lease.</para>
/// <para>The window: while the store does not answer at all reads go on unconfirmed, because a database whose store is
/// down for everybody shall answer reads. So a process that is cut off from the store, and reachable by clients, can
/// answer old data for as long as it is cut off. A failure counts as long as a confirmation does, so a process that
/// was stopped asks anew when it goes on.</para>
/// </remarks>
internal sealed class ReadLease(
    ShardId shard, ShardTenure tenure, TimeSpan lease, OwnershipChecks checks, TimeProvider time)
{
    /// <summary>Questions that a read asks before it is refused: each may be overtaken by a renewal.</summary>
    private const int Questions = 3;

    private readonly long _lease = OwnershipChecks.Ticks(lease, time);
    private readonly Lock _gate = new();
    private Task<OwnershipAnswer> _asking = Task.FromResult(default(OwnershipAnswer));

    /// <summary>To be awaited by every read before it looks at the state. Costs a timestamp while the lease is
    /// young.</summary>
    /// <exception cref="ShardClosedException">A newer owner took the shard.</exception>
    public ValueTask EnsureAsync(CancellationToken cancellationToken)
    {
        tenure.ThrowIfOver();
        if (_lease == 0) return ValueTask.CompletedTask;
        var now = time.GetTimestamp();
        var age = now - tenure.ConfirmedAt;
        if (age > _lease) return new(AskAsync(now, cancellationToken));
        if (age > _lease / 2) _ = QuestionAsync();
        return ValueTask.CompletedTask;
    }

    /// <param name="arrived">When the read came: what is confirmed later is young enough, however long it took. A
    /// failure is not: the process may have been stopped since.</param>
    private async Task AskAsync(long arrived, CancellationToken cancellationToken)
    {
        for (var question = 0; question < Questions; question++)
        {
            var (verdict, at) = await QuestionAsync().WaitAsync(cancellationToken);
            tenure.ThrowIfOver();
            if (verdict == OwnershipVerdict.Current && at >= arrived) return;
            if (time.GetTimestamp() - tenure.ConfirmedAt <= _lease) return;
        }

        throw new ShardClosedException(shard);
    }

    /// <summary>The question under way, or a new one.</summary>
    private Task<OwnershipAnswer> QuestionAsync()
    {
        lock (_gate)
        {
            return _asking.IsCompleted ? _asking = Task.Run(AskStoreAsync) : _asking;
        }
    }

    private async Task<OwnershipAnswer> AskStoreAsync()
    {
        var epoch = tenure.Epoch;
        var answer = await checks.AskAsync(shard, epoch);

        // If it is not lost, a renewal came between, or is under way: whoever waits asks again.
        if (answer.Verdict != OwnershipVerdict.Deposed) tenure.Confirm(answer.At);
        else if (tenure.IsLost(epoch)) tenure.End();
        return answer;
    }
}
