using VectorCluster.Embedded.Tests;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Tests.Shards;

/// <summary>A shard whose store is away for a while: it answers reads, refuses writes, and goes on by itself.</summary>
public sealed class ShardOutageTests
{
    private static readonly CollectionSettings Settings = TestShard.SettingsOf(2, DistanceMetric.Euclidean);

    private readonly ManualTime _time = new();

    private static Point Point(ulong id) => new(id, new float[] { id, 0 }, Payload.Parse($$"""{"n":{{id}}}"""));

    private Task<TestShard> OpenAsync(ShardOptions? options = null) => TestShard.OpenAsync(Settings, options, _time);

    /// <summary>Writes until the shard takes it.</summary>
    private async Task<WriteReceipt> WriteOnceBackAsync(TestShard shard, Point point)
    {
        while (true)
        {
            try
            {
                return await shard.UpsertAsync(point);
            }
            catch (ShardReadOnlyException)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }
        }
    }

    /// <summary>Ids of all points, in order, with a space between.</summary>
    private static async Task<string> IdsAsync(TestShard shard)
    {
        var page = await shard.Shard.ScrollAsync(null, 100, null, PayloadSelector.None, VectorSelector.None);
        return string.Join(' ', page.Points.Select(point => point.Id));
    }

    [Fact]
    public async Task Reads_go_on_and_writes_are_refused_until_the_store_is_back()
    {
        await using var shard = await OpenAsync();
        await shard.UpsertAsync(Point(1));
        var (opened, epoch) = (shard.Shard, shard.Shard.Epoch);
        shard.Faults.Leave();

        await Assert.ThrowsAsync<WriteOutcomeUnknownException>(() => shard.UpsertAsync(Point(2)));
        await Assert.ThrowsAsync<ShardReadOnlyException>(() => shard.UpsertAsync(Point(3)));
        await Assert.ThrowsAsync<ShardReadOnlyException>(
            () => opened.WriteAsync(new DeletePoints(PointSelector.ByIds(1UL))));
        Assert.Equal("1", await IdsAsync(shard));
        Assert.Single(await shard.SearchAsync(ShardSearchTests.Search([1, 0], 10)));
        Assert.False(opened.Ended.IsCompleted);

        shard.Faults.Return();
        var receipt = await WriteOnceBackAsync(shard, Point(4));

        Assert.Equal((new Lsn(2), 1), (receipt.Lsn, receipt.PointCount));
        Assert.Equal("1 4", await IdsAsync(shard));
        Assert.True(opened.Epoch.Value > epoch.Value);
        Assert.DoesNotContain("ReadPages", shard.Faults.Calls);
        await shard.ReopenAsync();
        Assert.Equal("1 4", await IdsAsync(shard));
    }

    [Fact]
    public async Task A_write_that_landed_all_the_same_is_there_once_the_store_is_back()
    {
        await using var shard = await OpenAsync();
        await shard.UpsertAsync(Point(1));
        shard.Faults.Decide = call => call == "Append" ? Fault.After : Fault.Before;

        await Assert.ThrowsAsync<WriteOutcomeUnknownException>(() => shard.UpsertAsync(Point(2), Point(3)));
        Assert.Equal("1", await IdsAsync(shard));
        shard.Faults.Return();
        var receipt = await WriteOnceBackAsync(shard, Point(4));

        Assert.Equal(new Lsn(3), receipt.Lsn);
        Assert.Equal("1 2 3 4", await IdsAsync(shard));
        await shard.ReopenAsync();
        Assert.Equal("1 2 3 4", await IdsAsync(shard));
    }

    // Goal: only what was sent is of unknown outcome. Method: a write waits while the one before it is being sent, and
    // that fails.
    [Fact]
    public async Task A_write_that_waits_behind_one_that_fails_is_refused()
    {
        await using var shard = await OpenAsync();
        var (sent, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        shard.Faults.Before = (call, _, _) =>
        {
            if (call != "Append") return Task.CompletedTask;
            sent.SetResult();
            return goOn.Task;
        };
        var first = shard.UpsertAsync(Point(1));
        await sent.Task;
        var second = shard.UpsertAsync(Point(2));
        shard.Faults.Leave();
        goOn.SetResult();

        await Assert.ThrowsAsync<WriteOutcomeUnknownException>(() => first);
        await Assert.ThrowsAsync<ShardReadOnlyException>(() => second);
    }

    [Fact]
    public async Task A_shard_that_was_deposed_meanwhile_ends()
    {
        await using var shard = await OpenAsync();
        shard.Faults.Leave();
        await Assert.ThrowsAsync<WriteOutcomeUnknownException>(() => shard.UpsertAsync(Point(1)));
        var owner = await shard.Store.AcquireAsync(TestShard.Id);
        shard.Faults.Return();

        await EndAsync(shard);

        await Assert.ThrowsAsync<ShardClosedException>(() => shard.UpsertAsync(Point(2)));
        Assert.Equal(
            StoreStatus.Done,
            await shard.Store.AppendAsync(TestShard.Id, owner.Epoch, owner.LastLsn.Next, [new byte[1]]));
    }

    [Fact]
    public async Task A_shard_whose_store_lacks_a_record_ends()
    {
        await using var shard = await OpenAsync();
        shard.Faults.Decide = call => call switch
        {
            "Append" => Fault.After,
            "Read" => Fault.Silent,
            _ => Fault.None,
        };
        await Assert.ThrowsAsync<WriteOutcomeUnknownException>(() => shard.UpsertAsync(Point(1)));

        await EndAsync(shard);

        shard.Faults.Return();
        await shard.ReopenAsync();
        Assert.Equal("1", await IdsAsync(shard));
    }

    // Goal: a checkpoint that a renewal overtakes is not taken for a newer owner. Method: it is held back until the
    // epoch was renewed.
    [Fact]
    public async Task A_checkpoint_that_a_renewal_overtakes_is_made_again()
    {
        await using var shard = await OpenAsync(new() { CheckpointLogBytes = 1 });
        var (begun, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        shard.Faults.Before = (call, _, _) =>
        {
            if (call != "WriteCheckpoint") return Task.CompletedTask;
            begun.TrySetResult();
            return goOn.Task;
        };
        await shard.UpsertAsync(Point(1));
        await begun.Task;
        shard.Faults.Decide = call => call == "Append" ? Fault.Before : Fault.None;
        await Assert.ThrowsAsync<WriteOutcomeUnknownException>(() => shard.UpsertAsync(Point(2)));
        shard.Faults.Return();
        await WriteOnceBackAsync(shard, Point(3));
        goOn.SetResult();

        while ((await shard.Store.ReadManifestAsync(TestShard.Id))?.Lsn != new Lsn(2))
            _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(shard.Shard.Ended.IsCompleted);
        await shard.ReopenAsync();
        Assert.Equal("1 3", await IdsAsync(shard));
    }

    // Goal: closing does not wait for a store that is away. Method: the store never answers a renewal or a checkpoint;
    // the clock stands still.
    [Theory]
    [InlineData("Renew")]
    [InlineData("WriteCheckpoint")]
    public async Task Closing_while_the_store_is_away_ends_and_loses_nothing(string hanging)
    {
        await using var shard = await OpenAsync(new() { CheckpointLogBytes = 1 });
        var (begun, checkpointed) = (new TaskCompletionSource(), new TaskCompletionSource());
        shard.Faults.Before = (call, _, token) =>
        {
            if (call == "WriteCheckpoint") checkpointed.TrySetResult();
            if (call != hanging) return Task.CompletedTask;
            begun.TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, _time, token);
        };
        shard.Faults.Decide = call => call is "Renew" or "WriteCheckpoint" ? Fault.Before : Fault.None;
        await shard.UpsertAsync(Point(1));
        await checkpointed.Task; // the next one would come after a pause of the clock's
        shard.Faults.Leave();
        await Assert.ThrowsAsync<WriteOutcomeUnknownException>(() => shard.UpsertAsync(Point(2)));
        await begun.Task;
        var checkpoints = shard.Faults.Calls.Count(call => call == "WriteCheckpoint");

        await shard.Shard.DisposeAsync();

        Assert.Equal(checkpoints, shard.Faults.Calls.Count(call => call == "WriteCheckpoint"));
        (shard.Faults.Before, shard.Faults.Decide) = ((_, _, _) => Task.CompletedTask, _ => Fault.None);
        await shard.ReopenAsync();
        Assert.Equal("1", await IdsAsync(shard));
    }

    private async Task EndAsync(TestShard shard)
    {
        while (!shard.Shard.Ended.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }
}
