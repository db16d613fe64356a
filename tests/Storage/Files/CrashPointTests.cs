using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Files;
using VectorCluster.Storage.Tests.Contracts;
using static VectorCluster.Storage.Tests.Files.ShardState;

namespace VectorCluster.Storage.Tests.Files;

/// <summary>A process may die between any two steps, and any step may fail: the state is the one before or the one
/// after.</summary>
public sealed class CrashPointTests : IDisposable
{
    private const long SmallSegment = 2_000;
    private static readonly ShardId Shard = new("docs", "t", 0);

    private readonly TempFolder _folder = new();

    public static TheoryData<string> Changes =>
        ["append", "append-and-roll", "checkpoint", "checkpoint-ahead", "trim", "acquire", "renew", "delete"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_crash_at_any_step_leaves_the_state_before_or_after(string change)
    {
        var live = Path.Join(_folder.Path, "live");
        var observer = new Snapshots(live, Path.Join(_folder.Path, "snapshot"));
        string before;
        string after;
        await using (var store = new OpenStore(live, observer, SmallSegment))
        {
            var epoch = await PrepareAsync(store.Shards, change);
            before = await ReadAsync(store.Shards, Shard);
            observer.IsOn = true;
            await ChangeAsync(store.Shards, change, epoch);
            observer.IsOn = false;
            after = await ReadAsync(store.Shards, Shard);
        }

        Assert.NotEmpty(observer.Taken);
        foreach (var snapshot in observer.Taken)
        {
            await using var store = new OpenStore(snapshot.Path, segmentBytes: SmallSegment);
            var (epoch, last, _) = await store.Shards.AcquireAsync(Shard);
            await ExpectOneOfAsync(store.Shards, change, before, after, snapshot.Step);
            Assert.Equal(StoreStatus.Done, await store.Shards.AppendAsync(Shard, epoch, last.Value + 1, "goes on"));
            Assert.Empty(Directory.GetFiles(store.FolderOf(Shard), "*.tmp"));
        }
    }

    // Goal: an unknown outcome is settled by acquiring. Method: let every step fail once, before and after it took
    // effect.
    [Theory]
    [MemberData(nameof(Changes))]
    public Task After_a_failure_at_any_step_acquiring_settles_the_outcome(string change) =>
        FailEachStepAsync(change, (store, _) => store.AcquireAsync(Shard));

    [Theory]
    [InlineData("append")]
    [InlineData("append-and-roll")]
    [InlineData("checkpoint")]
    [InlineData("checkpoint-ahead")]
    [InlineData("trim")]
    public Task After_a_failure_at_any_step_renewing_settles_the_outcome(string change) =>
        FailEachStepAsync(change, async (store, epoch) => (await store.RenewAsync(Shard, epoch))!.Value);

    private async Task FailEachStepAsync(
        string change, Func<FileShardStore, Epoch, ValueTask<ShardOwnership>> settleAsync)
    {
        for (var step = 0; ; step++)
        {
            var failing = new FailingDisk();
            await using var store = new OpenStore(Path.Join(_folder.Path, $"{step}"), failing, SmallSegment);
            var epoch = await PrepareAsync(store.Shards, change);
            var before = await ReadAsync(store.Shards, Shard);
            failing.FailAt(step);
            var failed = false;
            try
            {
                await ChangeAsync(store.Shards, change, epoch);
            }
            catch (IOException)
            {
                failed = true;
            }

            failing.FailAt(int.MaxValue);
            var (next, last, _) = await settleAsync(store.Shards, epoch);
            var settled = await ReadAsync(store.Shards, Shard);
            var log = await store.Shards.TextsAsync(Shard);
            Assert.Equal(StoreStatus.Done, await store.Shards.AppendAsync(Shard, next, last.Value + 1, "goes on"));
            await store.Shards.ReleaseAsync(Shard, next);
            Assert.Equal(last.Value + 1, (await store.Shards.AcquireAsync(Shard)).LastLsn.Value);
            Assert.Equal(log.Append($"{last.Next}:goes on"), await store.Shards.TextsAsync(Shard));
            if (!failed) break;
            if (change is "append") Assert.Equal(before, settled);
        }
    }

    private static async Task<Epoch> PrepareAsync(FileShardStore store, string change)
    {
        var (epoch, _, _) = await store.AcquireAsync(Shard);
        for (var lsn = 1; lsn <= 6; lsn++) await store.AppendAsync(Shard, epoch, lsn, new string('r', 800));
        if (change is "append-and-roll") return epoch; // the newest segment is just full
        await store.AppendAsync(Shard, epoch, 7, "seven");
        await store.CheckpointAsync(Shard, epoch, 5, "old", Page(0, 1), Page(1, 2, 900));
        await store.CheckpointAsync(Shard, epoch, 5, "old", Page(2, 3));
        return epoch;
    }

    private static async Task ChangeAsync(FileShardStore store, string change, Epoch epoch)
    {
        _ = change switch
        {
            "append" => await store.AppendAsync(Shard, epoch, 8, "eight", "nine"),
            "append-and-roll" => await store.AppendAsync(Shard, epoch, 7, "seven"),
            "checkpoint" => await store.CheckpointAsync(Shard, epoch, 7, "new", Page(1, 9, 900), Page(2, 4)),
            "checkpoint-ahead" => await store.CheckpointAsync(Shard, epoch, 50, "new", Page(1, 9, 900)),
            "trim" => await store.TrimAsync(Shard, epoch, new Lsn(5)),
            "acquire" => (await store.AcquireAsync(Shard)).Epoch == epoch ? StoreStatus.Rejected : StoreStatus.Done,
            "renew" => await store.RenewAsync(Shard, epoch) is null ? StoreStatus.Rejected : StoreStatus.Done,
            _ => await DeleteAsync(store),
        };
    }

    private static async Task<StoreStatus> DeleteAsync(FileShardStore store)
    {
        await store.DeleteAsync(Shard);
        return StoreStatus.Done;
    }

    private static async Task ExpectOneOfAsync(
        FileShardStore store, string change, string before, string after, string step)
    {
        if (change is "trim" or "checkpoint-ahead")
        {
            // The log is shorter by whole segments, which no reader behind the checkpoint sees.
            var log = await store.LogAsync(Shard, 6);
            var manifest = await store.ReadManifestAsync(Shard);
            Assert.True(manifest!.Lsn.Value == 50 || log.Count == 2, step);
            Assert.True((await store.PagesAsync(Shard)).Count == 3, step);
            return;
        }

        var found = await ReadAsync(store, Shard);
        Assert.True(found == before || found == after, $"after {step}: {found}");
    }

    private sealed class Snapshots(string from, string to) : IDiskObserver
    {
        public bool IsOn { get; set; }

        public List<(string Path, string Step)> Taken { get; } = [];

        public void Before(DiskStep step, string path)
        {
        }

        public void After(DiskStep step, string path)
        {
            if (!IsOn) return;
            var target = to + Taken.Count;
            TempFolder.Copy(from, target);
            Taken.Add((target, $"{step} {path}"));
        }
    }

    private sealed class FailingDisk : IDiskObserver
    {
        private int _countdown = int.MaxValue;

        /// <summary>Even: the step fails and has no effect. Odd: it fails and has its effect.</summary>
        public void FailAt(int halfStep) => _countdown = halfStep;

        public void Before(DiskStep step, string path) => Count(step);

        public void After(DiskStep step, string path) => Count(step);

        private void Count(DiskStep step)
        {
            if (_countdown-- == 0) throw new IOException($"{step} fails, for the test");
        }
    }
}
