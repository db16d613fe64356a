namespace VectorCluster.Engine.Shards;

/// <summary>Asks the store for all shards of a process whether they are still owned: one call at a time, for whatever
/// waits.</summary>
/// <remarks>A call that fails or takes too long is made once more. The store gives that one a fresh connection: a
/// process that was stopped for a while may find all of its connections dead.</remarks>
public sealed class OwnershipChecks(IShardStore store, TimeProvider? time = null)
{
    /// <summary>A call that takes longer counts as failed.</summary>
    internal static readonly TimeSpan CallTime = TimeSpan.FromSeconds(1);

    private const int Calls = 2;

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _gate = new();
    private Dictionary<(ShardId Shard, Epoch Epoch), TaskCompletionSource<OwnershipAnswer>> _waiting = [];
    private bool _isAsking;

    /// <summary>Questions that the next call will ask.</summary>
    internal int WaitingCount
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    /// <summary>Whether the epoch is still the newest. Never fails.</summary>
    internal Task<OwnershipAnswer> AskAsync(ShardId shard, Epoch epoch)
    {
        lock (_gate)
        {
            if (!_waiting.TryGetValue((shard, epoch), out var question))
            {
                question = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Add((shard, epoch), question);
            }

            if (_isAsking) return question.Task;
            _isAsking = true;
            _ = Task.Run(AskAllAsync); // not on the scheduler of whoever asked first: others wait for it too
            return question.Task;
        }
    }

    private async Task AskAllAsync()
    {
        while (true)
        {
            Dictionary<(ShardId Shard, Epoch Epoch), TaskCompletionSource<OwnershipAnswer>> asked;
            lock (_gate)
            {
                _isAsking = _waiting.Count > 0;
                if (!_isAsking) return;
                (asked, _waiting) = (_waiting, []);
            }

            var owners = asked.Keys.ToList();
            var answers = await AnswerAsync(owners);
            for (var i = 0; i < owners.Count; i++) asked[owners[i]].SetResult(answers[i]);
        }
    }

    private async Task<IReadOnlyList<OwnershipAnswer>> AnswerAsync(IReadOnlyList<(ShardId Shard, Epoch Epoch)> owners)
    {
        var unknown = default(OwnershipAnswer);
        for (var call = 0; call < Calls; call++)
        {
            var began = _time.GetTimestamp();
            using var stopping = new CancellationTokenSource();
            try
            {
                var current = await Task.Run(() => store.AreCurrentAsync(owners, stopping.Token).AsTask())
                    .WaitAsync(CallTime, _time);
                return
                [
                    .. current.Select(isCurrent => new OwnershipAnswer(
                        isCurrent ? OwnershipVerdict.Current : OwnershipVerdict.Deposed, began)),
                ];
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                await stopping.CancelAsync();

                // Not later than the call may last: the process may have been stopped in the middle of it.
                var ended = Math.Min(_time.GetTimestamp(), began + Ticks(CallTime, _time));
                unknown = new(OwnershipVerdict.Unknown, ended);
            }
        }

        return [.. Enumerable.Repeat(unknown, owners.Count)];
    }

    /// <summary>A span in the units of timestamps.</summary>
    internal static long Ticks(TimeSpan span, TimeProvider time) =>
        (long)(span.TotalSeconds * time.TimestampFrequency);
}

/// <param name="At">Timestamp: when the call that was answered began; or until when the store had not answered.</param>
internal readonly record struct OwnershipAnswer(OwnershipVerdict Verdict, long At);

internal enum OwnershipVerdict : byte
{
    Current,

    /// <summary>The epoch is not the newest: another owner's is, or that of a renewal.</summary>
    Deposed,

    /// <summary>The store did not answer.</summary>
    Unknown,
}
