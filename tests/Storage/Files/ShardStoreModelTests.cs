using FsCheck;
using FsCheck.Fluent;
using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Tests.Contracts;

namespace VectorCluster.Storage.Tests.Files;

/// <summary>Random sequences of calls give what a model in memory gives. FsCheck prints the seed and the shrunk
/// sequence.</summary>
public sealed class ShardStoreModelTests
{
    private const long SmallSegment = 3_000;
    private static readonly ShardId Shard = new("docs", "", 0);

    [Fact]
    public void Any_sequence_of_calls_gives_what_the_model_gives()
    {
        var calls = Gen.Choose(0, 9_999).ArrayOf(40).ToArbitrary();
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(60),
            Prop.ForAll(calls, sequence => Task.Run(() => RunAsync(sequence)).Wait(Timeout.Infinite)));
    }

    private static async Task RunAsync(int[] sequence)
    {
        using var folder = new TempFolder();
        var model = new Model();
        var store = new OpenStore(folder.Path, segmentBytes: SmallSegment);
        try
        {
            foreach (var call in sequence)
            {
                switch (call % 10)
                {
                    case 0:
                        await store.DisposeAsync();
                        store = new OpenStore(folder.Path, segmentBytes: SmallSegment);
                        model.Epoch = -1;
                        break;
                    case 1:
                        await store.Shards.ReleaseAsync(Shard, new Epoch(model.Epoch));
                        model.Epoch = -1;
                        break;
                    default:
                        await model.CallAsync(store.Shards, call);
                        break;
                }

                await model.CompareAsync(store.Shards);
            }
        }
        finally
        {
            await store.DisposeAsync();
        }
    }

    private sealed class Model
    {
        private readonly List<byte[]> _log = [];
        private readonly Dictionary<PageKey, byte[]> _pages = [];
        private long _taken;
        private long _checkpointLsn;
        private byte[]? _manifest;

        /// <summary>Of the owner; -1: nobody owns the shard.</summary>
        public long Epoch { get; set; } = -1;

        public async Task CallAsync(IShardStore store, int call)
        {
            var argument = call / 10;
            var epoch = new Epoch(argument % 11 == 10 ? _taken - 1 : Epoch);
            var allowed = Epoch > 0 && epoch.Value == Epoch;
            switch (call % 10)
            {
                case 2:
                    CheckOwnership(await store.AcquireAsync(Shard));
                    break;
                case 3:
                    var renewed = await store.RenewAsync(Shard, new Epoch(argument % 5 == 4 ? _taken - 1 : _taken));
                    Assert.Equal(_taken > 0 && argument % 5 != 4, renewed is not null);
                    if (renewed is { } owned) CheckOwnership(owned);
                    break;
                case 4 or 5 or 6 or 7:
                    await AppendAsync(store, epoch, argument, allowed);
                    break;
                case 8:
                    await CheckpointAsync(store, epoch, argument, allowed);
                    break;
                default:
                    Assert.Equal(Status(allowed), await store.TrimAsync(Shard, epoch, new Lsn(_checkpointLsn)));
                    break;
            }
        }

        public async Task CompareAsync(IShardStore store)
        {
            var log = await store.LogAsync(Shard, _checkpointLsn + 1);
            var kept = log.Where(r => r.Lsn.Value > _checkpointLsn).Select(r => r.Body.ToArray());
            Assert.Equal(_log.Skip((int)_checkpointLsn), kept);
            Assert.Equal(_manifest, (await store.ReadManifestAsync(Shard))?.Body.ToArray());
            var pages = await store.PagesAsync(Shard);
            Assert.Equal(_pages.Count, pages.Count);
            foreach (var (key, bytes) in _pages) Assert.Equal(bytes, pages[key]);
        }

        private void CheckOwnership(ShardOwnership owned)
        {
            Assert.Equal((++_taken, _log.Count), (owned.Epoch.Value, owned.LastLsn.Value));
            Assert.Equal(_manifest, owned.Checkpoint?.Body.ToArray());
            Epoch = _taken;
        }

        private static StoreStatus Status(bool allowed) => allowed ? StoreStatus.Done : StoreStatus.Rejected;

        private async Task AppendAsync(IShardStore store, Epoch epoch, int argument, bool allowed)
        {
            var skip = argument % 7 == 6 ? 1 : 0;
            var records = Enumerable.Range(0, argument % 4 + 1)
                .Select(i => Enumerable.Repeat((byte)(argument + i), argument % 700 + 1 + i).ToArray()).ToList();
            var status = await store.AppendAsync(
                Shard, epoch, new Lsn(_log.Count + 1 + skip), [.. records.Select(r => (ReadOnlyMemory<byte>)r)]);
            Assert.Equal(Status(allowed && skip == 0), status);
            if (status == StoreStatus.Done) _log.AddRange(records);
        }

        private async Task CheckpointAsync(IShardStore store, Epoch epoch, int argument, bool allowed)
        {
            var lsn = _checkpointLsn + (_log.Count - _checkpointLsn) * (argument % 3) / 2;
            var pages = Enumerable.Range(0, argument % 5)
                .Select(i => new PageKey((ushort)(i % 2), (uint)((argument + i * 3) % 12)))
                .Select(key => (key, new byte[argument % 500 + 1])).ToArray();
            foreach (var (_, bytes) in pages) bytes.AsSpan().Fill((byte)argument);
            Assert.Equal(Status(allowed), await store.CheckpointAsync(Shard, epoch, lsn, $"{argument}", pages));
            if (!allowed) return;
            (_checkpointLsn, _manifest) = (lsn, StoreCalls.Bytes($"{argument}"));
            foreach (var (key, bytes) in pages) _pages[key] = bytes;
        }
    }
}
