using System.Globalization;

namespace VectorCluster.Cluster.Bench;

/// <summary>Keeps what the balancer tells of its moves, which it forgets when its silo goes.</summary>
internal sealed class MoveLog : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _ending = new();
    private readonly Dictionary<(ShardId, DateTimeOffset), ShardMove> _moves = [];
    private readonly ICluster _cluster;
    private readonly Task _watching;

    public MoveLog(ICluster cluster)
    {
        _cluster = cluster;
        _watching = Task.Run(WatchAsync);
    }

    /// <summary>The moves that were planned from a time on, oldest first.</summary>
    public IReadOnlyList<ShardMove> Since(DateTimeOffset from)
    {
        lock (_moves) return [.. _moves.Values.Where(move => move.StartedAt >= from).OrderBy(move => move.StartedAt)];
    }

    public void Print(DateTimeOffset from)
    {
        var moves = Since(from);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  {moves.Count(move => move.Status == ShardMoveStatus.Done)} moves done, "
            + $"{moves.Sum(move => move.Bytes) / 1048576.0:N1} MiB:"));
        foreach (var move in moves)
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"    +{(move.StartedAt - from).TotalSeconds,5:N1} s  {move.Shard}  {move.From} -> {move.To}  "
                + $"{move.Bytes / 1048576.0,6:N1} MiB  {move.Status} in {move.Took?.TotalSeconds,5:N2} s  "
                + $"{move.Failure}"));
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _watching;
        _ending.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                var moves = await _cluster.ListMovesAsync(_ending.Token);
                lock (_moves)
                    foreach (var move in moves) _moves[(move.Shard, move.StartedAt)] = move;
                await Task.Delay(Interval, TimeProvider.System, _ending.Token);
            }
            catch (ShardUnavailableException)
            {
                // The balancer is changing its silo.
            }
            catch (OperationCanceledException)
            {
                // The end.
            }
        }
    }
}
