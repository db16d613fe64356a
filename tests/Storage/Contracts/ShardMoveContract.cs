using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Tests;

namespace VectorCluster.Storage.Tests.Contracts;

/// <summary>A shard that moves back and forth while it is written: nothing acknowledged is lost, on every
/// store.</summary>
public abstract class ShardMoveContract
{
    private const int Moves = 12;
    private const int Writers = 3;
    private const int IdsAWriter = 12;

    /// <summary>What takes longer never ends.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly ShardId Id = new("docs", "tenant", 0);
    private static readonly CollectionSettings Settings = CollectionSettings.ForVector(2, DistanceMetric.Euclidean);

    /// <summary>Two stores that see the same shards, as two processes would.</summary>
    protected abstract ValueTask<(IShardStore First, IShardStore Second)> OpenAsync();

    protected abstract ValueTask CloseAsync();

    // Method: writers that know what was acknowledged, each with ids of its own; moves with a warm copy, with one that
    // the owner has made useless by a checkpoint, and with none. In the end the shard must hold what the writers
    // know.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Nothing_acknowledged_is_lost_when_a_shard_moves_back_and_forth_under_writers(int seed)
    {
        var (first, second) = await OpenAsync();
        try
        {
            var run = new Run(seed, [new() { Store = first }, new() { Store = second }]);
            await run.RunAsync();
        }
        finally
        {
            await CloseAsync();
        }
    }

    private sealed class Run(int seed, FailingStore[] stores)
    {
        private readonly Random _random = new(seed);
        private readonly EngineThreads _threads = new(1, 1);
        private readonly TaskCompletionSource _stop = new();
        private int _at;
        private int _acknowledged;
        private volatile Shard _shard = null!; // set before the writers begin

        private ShardOptions Options => new()
        {
            SmallLogBytes = seed % 2 == 0 ? 0 : 10_000,
            CheckpointLogBytes = 20_000,
            ReadLease = TimeSpan.FromHours(1), // nobody may have to wait for it
        };

        public async Task RunAsync()
        {
            _shard = await Shard.OpenAsync(Id, Settings, stores[0], _threads, Options);
            var writers = Enumerable.Range(0, Writers).Select(n => Task.Run(() => WriteAsync(n))).ToList();
            var (warmMoves, coldMoves) = (0, 0);
            try
            {
                for (var move = 0; move < Moves; move++)
                {
                    await WrittenAsync(_random.Next(30));
                    if (await MoveAsync(move)) warmMoves++;
                    else coldMoves++;
                }

                await WrittenAsync(10);
            }
            finally
            {
                _stop.SetResult();
            }

            var known = new Dictionary<string, int>();
            foreach (var writer in await Task.WhenAll(writers))
                foreach (var (id, number) in writer) known.Add(id, number);
            await CompareAsync(known);
            await _shard.DisposeAsync();
            _shard = await Shard.OpenAsync(Id, Settings, stores[0], _threads, Options);
            await CompareAsync(known);
            await _shard.DisposeAsync();
            _threads.Dispose();
            Assert.True(warmMoves > 0 && coldMoves > 0, $"{warmMoves} warm, {coldMoves} cold, seed {seed}");
        }

        /// <returns>Whether the copy became the shard.</returns>
        private async Task<bool> MoveAsync(int move)
        {
            var (source, target) = (_shard, stores[_at = 1 - _at]);
            WarmShard? warm = null;
            if (move % 4 > 0)
            {
                var hold = await source.PrepareMoveAsync(TimeSpan.FromHours(1));
                warm = await WarmShard.LoadAsync(Id, Settings, target);
                await WrittenAsync(_random.Next(20));
                await warm.CatchUpAsync();
                if (move % 4 == 3)
                {
                    hold.Dispose();
                    await source.WriteAsync(new DeletePoints(PointSelector.ByIds("nothing"))); // more than insertions
                    await source.PrepareMoveAsync(TimeSpan.FromHours(1));
                }
            }

            var lsn = (await source.DescribeAsync()).LastLsn;
            await source.CloseWithoutCheckpointAsync();
            var calls = target.Calls.Count;
            _shard = await Shard.OpenAsync(Id, Settings, target, _threads, Options, warm: warm);
            Assert.True((await _shard.DescribeAsync()).LastLsn >= lsn);
            return warm is not null && !target.Calls.Skip(calls).Contains("ReadPages");
        }

        /// <summary>Waits until so many more writes were acknowledged.</summary>
        private async Task WrittenAsync(int count)
        {
            var end = Volatile.Read(ref _acknowledged) + count;
            var began = TimeProvider.System.GetTimestamp();
            while (Volatile.Read(ref _acknowledged) < end)
            {
                var waited = TimeProvider.System.GetElapsedTime(began);
                Assert.True(waited < Patience, $"no write is done any more, seed {seed}");
                await Task.Yield();
            }
        }

        /// <returns>What was acknowledged last, by id; a deleted id is not there.</returns>
        private async Task<Dictionary<string, int>> WriteAsync(int writer)
        {
            var random = new Random((seed * 100) + writer);
            var known = new Dictionary<string, int>();
            for (var number = 1; !_stop.Task.IsCompleted; number++)
            {
                var id = $"{writer}-{random.Next(IdsAWriter)}";
                var isDeletion = random.Next(5) == 0;
                await DoneAsync(isDeletion
                    ? new DeletePoints(PointSelector.ByIds(id))
                    : new UpsertPoints([new(id, new[] { number, 1f }, Payload.From(new { number }))]));
                if (isDeletion) known.Remove(id);
                else known[id] = number;
                Interlocked.Increment(ref _acknowledged);
            }

            return known;
        }

        private async Task DoneAsync(ShardOperation operation)
        {
            while (true)
            {
                try
                {
                    await _shard.WriteAsync(operation);
                    return;
                }
                catch (ShardClosedException) when (!_stop.Task.IsCompleted || !_shard.Ended.IsCompleted)
                {
                    await Task.Yield(); // it moves; nothing was done
                }
            }
        }

        private async Task CompareAsync(Dictionary<string, int> known)
        {
            var page = await _shard.ScrollAsync(null, 1_000, null, PayloadSelector.All, VectorSelector.All);
            Assert.Equal(
                known.Select(entry => $$"""{{entry.Key}} {"number":{{entry.Value}}} {{entry.Value}}""").Order(),
                page.Points.Select(point =>
                {
                    Assert.True(point.Vectors!.TryGet("", out var vector));
                    return $"{point.Id} {point.Payload} {vector.Span[0]}";
                }).Order());
            var hits = await _shard.SearchAsync(
                [new ShardSearch { VectorName = "", Query = new float[] { 0, 1 }, Count = 1_000 }]);
            Assert.Equal(known.Count, hits[0].Hits.Count);
        }
    }
}
