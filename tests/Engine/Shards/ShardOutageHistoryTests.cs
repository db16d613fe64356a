using FsCheck;
using FsCheck.Fluent;
using VectorCluster.Embedded.Tests;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Tests.Shards;

/// <summary>Random histories over a store whose calls fail with and without their effect, against a model.</summary>
/// <remarks>Goal: what was acknowledged is there, what was refused is not, what is of unknown outcome is there as a
/// whole or not at all; and the shard goes on by itself, or ends and is whole when it is opened anew.</remarks>
public sealed class ShardOutageHistoryTests
{
    private const int Rounds = 40;
    private const int WritesARound = 4;
    private const int IdsAWrite = 5;

    [Fact]
    public void Random_history_over_a_failing_store_equals_the_model()
    {
        var outcomes = new Dictionary<string, int>();
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
            new History(seed, outcomes).RunAsync().GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20));
        string[] expected = ["done", "landed", "not there", "refused", "went on", "opened anew"];
        Assert.All(expected, outcome => Assert.True(outcomes.ContainsKey(outcome), $"never {outcome}"));
    }

    private sealed class History(int seed, Dictionary<string, int> outcomes)
    {
        private readonly Random _random = new(seed);
        private readonly Random _weather = new(seed + 1);
        private readonly ManualTime _time = new();
        private readonly Dictionary<ulong, int> _model = [];

        public async Task RunAsync()
        {
            await using var shard = await TestShard.OpenAsync(
                TestShard.SettingsOf(2, DistanceMetric.Euclidean, exactScanThreshold: 50),
                new() { CheckpointLogBytes = 2_000, CheckpointGraphPlaces = 40 },
                _time);
            for (var round = 0; round < Rounds; round++)
            {
                var isStormy = _random.Next(3) == 0;
                if (isStormy) shard.Faults.Decide = _ => Weather();
                var areTogether = _random.Next(2) == 0;
                var writes = new List<Write>();
                for (var n = 0; n < WritesARound; n++)
                {
                    writes.Add(Begin(shard, round, n));
                    if (!areTogether) await writes[n].EndAsync();
                }

                foreach (var write in writes) await write.EndAsync();
                _time.Advance(TimeSpan.FromSeconds(_random.Next(8)));
                shard.Faults.Return();
                if (isStormy) await ClearUpAsync(shard);
                await CompareAsync(shard, writes);
                if (_random.Next(8) == 0) await shard.ReopenAsync();
            }
        }

        private Fault Weather()
        {
            lock (_weather)
            {
                return _weather.Next(6) switch
                {
                    0 or 1 => Fault.Before,
                    2 => Fault.After,
                    _ => Fault.None,
                };
            }
        }

        private Write Begin(TestShard shard, int round, int n)
        {
            var number = (round * WritesARound) + n;
            var ids = Enumerable.Range(0, IdsAWrite).Select(_ => (ulong)((_random.Next(20) * WritesARound) + n))
                .Distinct().ToList();
            if (_random.Next(4) == 0)
                return new(ids, null, shard.Shard.WriteAsync(
                    new DeletePoints(PointSelector.ByIds([.. ids.Select(id => (PointId)id)]))));
            var payload = Payload.Parse($$"""{"number":{{number}}}""");
            return new(ids, number, shard.UpsertAsync(
                [.. ids.Select(id => new Point(id, new float[] { number, 0 }, payload))]));
        }

        /// <summary>Waits until the shard takes writes again, which it does by itself unless it ended.</summary>
        private async Task ClearUpAsync(TestShard shard)
        {
            while (true)
            {
                try
                {
                    await shard.Shard.WriteAsync(new DeletePoints(PointSelector.ByIds(ulong.MaxValue)));
                    Count("went on");
                    return;
                }
                catch (ShardReadOnlyException)
                {
                    _time.Advance(TimeSpan.FromSeconds(1));
                    await Task.Yield();
                }
                catch (WriteOutcomeUnknownException)
                {
                    // A checkpoint's failure left the files in doubt.
                }
                catch (ShardClosedException)
                {
                    Count("opened anew");
                    await shard.ReopenAsync();
                }
            }
        }

        private async Task CompareAsync(TestShard shard, List<Write> writes)
        {
            var page = await shard.Shard.ScrollAsync(null, 1000, null, PayloadSelector.All, VectorSelector.All);
            var found = page.Points.ToDictionary(point => ulong.Parse(
                point.Id.ToString(), System.Globalization.CultureInfo.InvariantCulture));
            foreach (var write in writes)
            {
                var isThere = write.IsUnknown
                    ? write.Ids.Exists(id => _model.GetValueOrDefault(id, -1) != NumberOf(found, id))
                    : write.IsDone;
                Count(write.IsUnknown ? isThere ? "landed" : "not there" : isThere ? "done" : "refused");
                if (!isThere) continue;
                foreach (var id in write.Ids)
                {
                    if (write.Number is { } number) _model[id] = number;
                    else _model.Remove(id);
                }
            }

            Assert.Equal(
                _model.OrderBy(entry => entry.Key),
                found.Keys.Order().Select(id => KeyValuePair.Create(id, NumberOf(found, id))));
            Assert.All(page.Points, point =>
                Assert.Equal($$"""{"number":{{VectorOf(point)}}}""", point.Payload!.ToString()));
        }

        private static int NumberOf(Dictionary<ulong, StoredPoint> found, ulong id) =>
            found.TryGetValue(id, out var point) ? (int)VectorOf(point) : -1;

        private static float VectorOf(StoredPoint point) =>
            point.Vectors!.TryGet("", out var vector) ? vector.Span[0] : float.NaN;

        private void Count(string outcome) => outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
    }

    /// <param name="number">Null: a deletion.</param>
    private sealed class Write(List<ulong> ids, int? number, Task<WriteReceipt> task)
    {
        public List<ulong> Ids => ids;

        public int? Number => number;

        public bool IsDone => task.IsCompletedSuccessfully;

        public bool IsUnknown => task.Exception?.InnerException is WriteOutcomeUnknownException;

        public async Task EndAsync()
        {
            try
            {
                await task;
            }
            catch (Exception exception) when (exception
                is WriteOutcomeUnknownException or ShardReadOnlyException or ShardClosedException)
            {
                // Counted by its outcome.
            }
        }
    }
}
