using FsCheck;
using FsCheck.Fluent;
using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Hnsw;
using VectorCluster.Engine.Repair;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Engine.Tests.Repair;

/// <summary>Writes, graph growth, checkpoints and steps of repairs in any order, against a model.</summary>
/// <remarks>One thread takes all the steps, so that a seed says all.</remarks>
public sealed class RepairHistoryTests
{
    private const int IdCount = 60;
    private const int StepCount = 400;

    private static readonly HnswOptions Hnsw = new() { M = 4, ExactScanThreshold = 20 };

    private static readonly CollectionSettings Plain = SettingsOf(
        new(2, DistanceMetric.Euclidean) { Hnsw = Hnsw, Quantization = VectorQuantization.None },
        new(3, DistanceMetric.Dot) { Hnsw = Hnsw, Quantization = VectorQuantization.None });

    /// <summary>One graph is built by codes, the other by vectors; both are searched by codes.</summary>
    private static readonly CollectionSettings Quantized = SettingsOf(
        new(2, DistanceMetric.Euclidean) { Hnsw = Hnsw, Quantization = VectorQuantization.Bits4, OnDisk = true },
        new(3, DistanceMetric.Dot) { Hnsw = Hnsw, Quantization = VectorQuantization.Bits1 });

    // Goal: at any moment, before, in the middle of and after any repair, the shard holds what a dictionary does, and
    // so does what a checkpoint of that moment and the log since make.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_history_with_repairs_equals_the_model(bool isQuantized) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
            RunAsync(seed, isQuantized ? Quantized : Plain).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(25));

    private static CollectionSettings SettingsOf(VectorSettings a, VectorSettings b) => new()
    {
        Vectors = new Dictionary<string, VectorSettings> { ["a"] = a, ["b"] = b },
        PayloadIndexes = new Dictionary<string, PayloadIndexKind> { ["word"] = PayloadIndexKind.Keyword },
    };

    private static async Task RunAsync(int seed, CollectionSettings settings)
    {
        await using var shard = await TestShard.OpenAsync(settings);
        using var history = new History(seed, shard);
        for (var step = 0; step < StepCount; step++) await history.StepAsync();
        Assert.True(history.RepairCount > 0, "no repair came to its end");
    }

    private sealed class History(int seed, TestShard stored) : IDisposable
    {
        private readonly Random _random = new(seed);
        private readonly CurrentState _current = new(new(stored.Settings, InstructionSets.Current));
        private readonly SearchScratch _scratch = new();
        private readonly Dictionary<PointId, Point> _model = [];
        private readonly List<ReadOnlyMemory<byte>> _log = [];
        private ShardRepair? _repair;
        private int _words;

        public int RepairCount { get; private set; }

        public async Task StepAsync()
        {
            switch (_random.Next(10))
            {
                case 0:
                    Delete();
                    break;
                case 1:
                    ChangePayload();
                    break;
                case 2 or 3:
                    Upsert();
                    break;
                case 4:
                    GrowGraph();
                    break;
                case 5 when _random.Next(4) == 0:
                    await CheckpointAsync();
                    break;
                default:
                    Repair();
                    break;
            }

            Compare(_current.Now);
        }

        public void Dispose()
        {
            _repair?.Dispose();
            _current.Now.Dispose();
            _scratch.Dispose();
        }

        private PointId AnyId() => _random.Next(2) == 0
            ? PointId.FromNumber((ulong)_random.Next(IdCount / 2))
            : PointId.FromText($"id {_random.Next(IdCount / 2)}");

        private float AnyFloat() => _random.Next(20);

        private Payload NewPayload() =>
            Payload.Parse($$"""{"word":["{{_random.Next(3)}}","{{_words++ % 7}}"]}""");

        private void Apply(ReadOnlyMemory<byte> record)
        {
            _log.Add(record);
            _current.Apply(new(_log.Count), record.Span);
        }

        private void Upsert()
        {
            var points = Enumerable.Range(0, 1 + _random.Next(8)).Select(_ => AnyId()).Distinct().Select(id =>
            {
                var vectors = new List<KeyValuePair<string, ReadOnlyMemory<float>>>
                {
                    new("a", new[] { AnyFloat(), AnyFloat() }),
                };
                if (_random.Next(2) == 0) vectors.Add(new("b", new[] { AnyFloat(), AnyFloat(), 1 }));
                return new Point(id, new VectorSet(vectors), NewPayload());
            }).ToList();
            Apply(WalCodec.EncodeUpsert(points, _current.Now.VectorNames));
            foreach (var point in points) _model[point.Id] = point;
        }

        private void Delete()
        {
            var ids = Enumerable.Range(0, 1 + _random.Next(6)).Select(_ => AnyId()).Distinct().ToList();
            Apply(WalCodec.EncodeDelete(ids));
            foreach (var id in ids) _model.Remove(id);
        }

        private void ChangePayload()
        {
            if (_model.Count == 0) return;
            var id = _model.Keys.ElementAt(_random.Next(_model.Count));
            var payload = NewPayload();
            Apply(WalCodec.EncodePayloadChange([id], new OverwritePayload(payload)));
            _model[id] = new(id, _model[id].Vectors, payload);
        }

        private void GrowGraph()
        {
            if (_repair is { IsCatchingUp: true }) return;
            if (GraphGrowth.FindUnindexed(_current.Now) is { } index)
                GraphGrowth.Add(_current.Now, index, 1 + _random.Next(20), [_scratch]);
        }

        private void Repair()
        {
            var before = _current.Now;
            _repair ??= new(_current);
            _repair.Step([_scratch]);
            if (!_repair.IsDone) return;
            _repair.Dispose();
            _repair = null;
            before.Dispose();
            RepairCount++;
        }

        /// <summary>Saves, loads, and applies the log to what was loaded.</summary>
        private async Task CheckpointAsync()
        {
            var checkpoint = _current.Capture();
            var isSaved = _random.Next(5) > 0;
            var epoch = isSaved ? stored.Shard.Epoch : new(0);
            await checkpoint.SaveAsync(stored.Store, TestShard.Id, epoch, default);
            if (await stored.Store.ReadManifestAsync(TestShard.Id) is not { } manifest) return;
            using var loaded = new ShardState(stored.Settings, InstructionSets.Current);
            await Checkpoint.LoadAsync(loaded, stored.Store, TestShard.Id, manifest, null, default);
            for (var lsn = loaded.AppliedLsn + 1; lsn <= _log.Count; lsn++)
                loaded.Apply(new(lsn), _log[(int)lsn - 1].Span);
            Compare(loaded);
        }

        private void Compare(ShardState state)
        {
            Assert.Equal(_log.Count, state.AppliedLsn);
            Assert.Equal(_model.Count, state.Points.LiveCount);
            var isVisible = new PlaceFinder(state).Test(null, state.AppliedLsn);
            var places = state.IdOrder.Capture().Take(null, IdCount + 1, isVisible);
            var reader = new PointReader(state);
            Assert.Equal(
                _model.Values.OrderBy(point => point.Id).Select(Describe),
                places.Select(place => reader.Read(place, PayloadSelector.All, VectorSelector.All))
                    .Select(point => Describe(new(point.Id, point.Vectors!, point.Payload!))));
            CompareFiltered(state);
            foreach (var name in new[] { "a", "b" }) CompareSearches(state, name);
        }

        private void CompareFiltered(ShardState state)
        {
            var word = $"{_random.Next(7)}";
            var filter = Filter.All(new MatchCondition("word", word));
            Assert.Equal(
                _model.Values.Where(point => point.Payload.ToString().Contains($"\"{word}\"", StringComparison.Ordinal))
                    .Select(point => point.Id).Order(),
                new PlaceFinder(state).Find(filter, state.AppliedLsn).Select(state.Points.IdOf).Order());
        }

        /// <summary>Through the graph too each point comes once, none is missing, and distances are right.</summary>
        private void CompareSearches(ShardState state, string name)
        {
            var having = _model.Values.Where(point => point.Vectors.TryGet(name, out _)).ToList();
            var query = name == "a" ? new[] { AnyFloat(), AnyFloat() } : [AnyFloat(), AnyFloat(), 1];
            var search = new ShardSearch { VectorName = name, Query = query, Count = Math.Max(1, having.Count) };
            var hits = new ShardSearcher(state).Search(search, _scratch, default).Hits;
            Assert.Equal(having.Select(point => point.Id).Order(), hits.Select(hit => hit.Id).Order());
            foreach (var hit in hits)
            {
                _model[hit.Id].Vectors.TryGet(name, out var vector);
                Assert.Equal(DistanceOf(name, query, vector.Span), hit.Distance, 1e-3);
            }
        }

        private static float DistanceOf(string name, float[] query, ReadOnlySpan<float> vector)
        {
            var sum = 0f;
            for (var i = 0; i < query.Length; i++)
                sum += name == "a" ? (query[i] - vector[i]) * (query[i] - vector[i]) : query[i] * vector[i];
            return name == "a" ? MathF.Sqrt(sum) : -sum;
        }

        private static string Describe(Point point) =>
            $"{point.Id} {point.Payload} " + string.Join(' ', point.Vectors.Select(vector =>
                $"{vector.Key}: {string.Join(',', vector.Value.ToArray())}"));
    }
}
