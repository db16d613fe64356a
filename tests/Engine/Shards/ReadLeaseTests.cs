using VectorCluster.Embedded.Tests;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Tests.Shards;

/// <summary>Reads under a lease of ten seconds: answered while nobody else can have taken the shard.</summary>
public sealed class ReadLeaseTests
{
    private static readonly CollectionSettings Settings = TestShard.SettingsOf(2, DistanceMetric.Euclidean);
    private static readonly ShardOptions Options = new() { ReadLease = TimeSpan.FromSeconds(10) };

    /// <summary>What takes longer never ends.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualTime _time = new();

    public static TheoryData<string> Reads => ["search", "fetch", "get", "scroll", "count", "delete by filter"];

    private static Point Point(ulong id) => new(id, new float[] { id, 0 }, Payload.Parse($$"""{"n":{{id}}}"""));

    private Task<TestShard> OpenAsync(ShardOptions? options = null) =>
        TestShard.OpenAsync(Settings, options ?? Options, _time);

    private void Advance(double seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    private static Task ReadAsync(Shard shard, string read) => BeginReading(shard, read).WaitAsync(Patience);

    private static Task BeginReading(Shard shard, string read) => read switch
    {
        "search" => shard.SearchAsync([ShardSearchTests.Search([1, 0], 1)]),
        "fetch" => shard.FetchAsync([new(0UL, 0)], PayloadSelector.None, VectorSelector.None),
        "get" => shard.GetAsync([1UL], PayloadSelector.None, VectorSelector.None),
        "scroll" => shard.ScrollAsync(null, 1, null, PayloadSelector.None, VectorSelector.None),
        "count" => shard.CountAsync(null),
        _ => shard.WriteAsync(new DeletePoints(PointSelector.ByFilter(new Filter
        {
            Must = [new HasIdCondition([99UL])],
        }))),
    };

    /// <summary>Has questions about the ownership wait, until what is returned is set.</summary>
    private static (Task Asked, TaskCompletionSource Answer) HoldQuestions(TestShard shard)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        shard.Faults.Before = (call, _, _) =>
        {
            if (call != "AreCurrent") return Task.CompletedTask;
            asked.TrySetResult();
            return answer.Task.WaitAsync(Patience); // so that a test that fails ends
        };
        return (asked.Task, answer);
    }

    private static int Questions(TestShard shard) => shard.Faults.Calls.Count(call => call == "AreCurrent");

    private static async Task UntilAsync(Func<bool> isSo)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, "it never is so");
            await Task.Yield();
        }
    }

    // Goal: an owner that was stopped and goes on does not answer from before. Method: another one takes the shard, and
    // the clock goes on for longer than the lease.
    [Theory]
    [MemberData(nameof(Reads))]
    public async Task A_deposed_owner_whose_lease_ran_out_refuses(string read)
    {
        await using var shard = await OpenAsync();
        await shard.UpsertAsync(Point(1));
        await ReadAsync(shard.Shard, read);
        await shard.Store.AcquireAsync(TestShard.Id);
        Advance(10.001);

        await Assert.ThrowsAsync<ShardClosedException>(() => ReadAsync(shard.Shard, read));

        await shard.Shard.Ended;
        await Assert.ThrowsAsync<ShardClosedException>(() => ReadAsync(shard.Shard, read));
        await Assert.ThrowsAsync<ShardClosedException>(() => shard.UpsertAsync(Point(2)));
    }

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task Within_the_lease_a_read_waits_for_no_call_to_the_store(string read)
    {
        await using var shard = await OpenAsync();
        await shard.UpsertAsync(Point(1));
        var (_, answer) = HoldQuestions(shard);
        await shard.Store.AcquireAsync(TestShard.Id);

        Advance(5);
        await ReadAsync(shard.Shard, read);
        Assert.Equal(0, Questions(shard));
        Advance(5);
        await ReadAsync(shard.Shard, read);

        answer.SetResult();
    }

    // Goal: reads do not wait as long as there are some. Method: what is asked past the half of the lease is answered
    // before its end.
    [Fact]
    public async Task Past_half_of_the_lease_a_read_asks_and_does_not_wait()
    {
        await using var shard = await OpenAsync();
        await shard.UpsertAsync(Point(1));
        var (asked, answer) = HoldQuestions(shard);
        Advance(6);

        await ReadAsync(shard.Shard, "count");
        await asked.WaitAsync(Patience);
        answer.SetResult();
        await UntilAsync(() => _time.TimerCount == 0); // that of the question

        HoldQuestions(shard);
        Advance(9.9); // since the question
        await ReadAsync(shard.Shard, "count");
    }

    [Fact]
    public async Task A_read_after_the_lease_waits_for_the_answer()
    {
        await using var shard = await OpenAsync();
        var (asked, answer) = HoldQuestions(shard);
        Advance(11);

        var read = ReadAsync(shard.Shard, "count");
        await asked.WaitAsync(Patience);
        Assert.False(read.IsCompleted);
        answer.SetResult();

        await read;
        Assert.False(shard.Shard.Ended.IsCompleted);
    }

    // Method: the call that should confirm is made after four seconds; ten seconds later no question is answered.
    [Theory]
    [InlineData("append")]
    [InlineData("checkpoint")]
    [InlineData("renewal")]
    public async Task Whatever_succeeds_under_the_epoch_confirms(string call)
    {
        await using var shard = await OpenAsync(Options with { SmallLogBytes = call == "checkpoint" ? 0 : 1_000 });
        await shard.UpsertAsync(Point(1));
        if (call == "renewal")
        {
            shard.Faults.Leave();
            await Assert.ThrowsAsync<WriteOutcomeUnknownException>(() => shard.UpsertAsync(Point(2)));
            var epoch = shard.Shard.Epoch;
            await UntilAsync(() => _time.TimerCount == 1); // settling pauses
            shard.Faults.Decide = name => name is "Renew" or "Read" ? Fault.None : Fault.Before;
            Advance(4);
            await UntilAsync(() => shard.Shard.Epoch != epoch);
        }
        else
        {
            Advance(4);
            if (call == "append") await shard.UpsertAsync(Point(2));
            else await shard.Shard.PrepareMoveAsync(TimeSpan.FromHours(1));
        }

        var (_, answer) = HoldQuestions(shard);
        Advance(9.9);

        await ReadAsync(shard.Shard, "count");
        answer.SetResult();
    }

    [Fact]
    public async Task A_store_that_fails_is_asked_twice_and_lets_reads_go_on_for_another_lease()
    {
        await using var shard = await OpenAsync();
        await shard.UpsertAsync(Point(1));
        shard.Faults.Leave();
        Advance(11);

        Assert.Equal(1, await shard.Shard.CountAsync(null));
        Assert.Equal(2, Questions(shard));
        Advance(5);
        Assert.Equal(1, await shard.Shard.CountAsync(null));
        Assert.Equal(2, Questions(shard));
        Assert.False(shard.Shard.Ended.IsCompleted);

        await shard.Store.AcquireAsync(TestShard.Id);
        shard.Faults.Return();
        Advance(6);
        await Assert.ThrowsAsync<ShardClosedException>(() => shard.Shard.CountAsync(null));
    }

    // Goal: the second call settles it where connections were dead. Method: the first one fails; somebody else owns the
    // shard.
    [Fact]
    public async Task A_question_that_fails_once_is_answered_by_the_second_call()
    {
        await using var shard = await OpenAsync();
        await shard.Store.AcquireAsync(TestShard.Id);
        var calls = 0;
        shard.Faults.Decide = call => call == "AreCurrent" && ++calls == 1 ? Fault.Before : Fault.None;
        Advance(11);

        await Assert.ThrowsAsync<ShardClosedException>(() => shard.Shard.CountAsync(null));
        Assert.Equal(2, calls);
    }

    [Fact]
    public async Task A_store_that_hangs_holds_a_read_up_for_two_seconds()
    {
        await using var shard = await OpenAsync();
        var (_, answer) = HoldQuestions(shard);
        Advance(11);

        var read = shard.Shard.CountAsync(null);
        for (var call = 1; call <= 2; call++)
        {
            await UntilAsync(() => Questions(shard) == call && _time.TimerCount == 1);
            Assert.False(read.IsCompleted);
            Advance(1);
        }

        Assert.Equal(0, await read);
        answer.SetResult();
    }

    // Goal: what failed before a process was stopped says nothing once it goes on. Method: the clock jumps a minute
    // while the second call is under way; the one after it is answered.
    [Fact]
    public async Task An_owner_that_was_stopped_while_it_asked_asks_anew()
    {
        await using var shard = await OpenAsync();
        await shard.Store.AcquireAsync(TestShard.Id);
        var (_, answer) = HoldQuestions(shard);
        Advance(11);

        var read = shard.Shard.CountAsync(null);
        await UntilAsync(() => Questions(shard) == 1 && _time.TimerCount == 1);
        Advance(1);
        await UntilAsync(() => Questions(shard) == 2 && _time.TimerCount == 1);
        shard.Faults.Before = (_, _, _) => Task.CompletedTask;
        Advance(60);

        await Assert.ThrowsAsync<ShardClosedException>(() => read);
        answer.SetResult();
    }

    // Goal: a renewal is not taken for a newer owner. Method: a question about the old epoch is held back until the
    // shard has the next one.
    [Fact]
    public async Task A_question_that_a_renewal_overtakes_is_asked_again()
    {
        await using var shard = await OpenAsync();
        await shard.UpsertAsync(Point(1));
        var (asked, answer) = HoldQuestions(shard);
        Advance(11);
        var read = shard.Shard.CountAsync(null);
        await asked;
        var epoch = shard.Shard.Epoch;
        shard.Faults.Decide = call => call == "Append" ? Fault.Before : Fault.None;
        await Assert.ThrowsAsync<WriteOutcomeUnknownException>(() => shard.UpsertAsync(Point(2)));
        await UntilAsync(() => shard.Shard.Epoch != epoch);
        answer.SetResult();

        Assert.Equal(1, await read);
        Assert.False(shard.Shard.Ended.IsCompleted);
    }

    // Goal: the old owner's reads have ended before the new one serves. Method: the clock stands still until the lease
    // has passed.
    [Fact]
    public async Task A_new_owner_waits_for_one_that_was_not_released()
    {
        await using var shard = await OpenAsync();
        using var threads = new EngineThreads(1, 1);
        shard.Faults.IsPreviousHeld = true;

        var opening = Shard.OpenAsync(TestShard.Id, Settings, shard.Faults, threads, Options, _time);
        await UntilAsync(() => opening.IsCompleted || _time.TimerCount == 1);
        Assert.False(opening.IsCompleted);
        Advance(9.999);
        Assert.False(opening.IsCompleted);
        Advance(1);

        await (await opening).DisposeAsync();
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 10)]
    public async Task Nobody_waits_for_an_owner_that_released_or_without_a_lease(bool isHeld, int leaseSeconds)
    {
        await using var shard = await OpenAsync();
        using var threads = new EngineThreads(1, 1);
        shard.Faults.IsPreviousHeld = isHeld;
        var options = new ShardOptions { ReadLease = TimeSpan.FromSeconds(leaseSeconds) };

        var opening = Shard.OpenAsync(TestShard.Id, Settings, shard.Faults, threads, options, _time);
        await (await opening.WaitAsync(Patience)).DisposeAsync();
    }

    // Goal: closing lets nobody read after the release. Method: a read that waits for an answer holds closing up.
    [Fact]
    public async Task A_shard_is_released_only_once_its_readers_have_left()
    {
        await using var shard = await OpenAsync();
        var (asked, answer) = HoldQuestions(shard);
        Advance(11);
        var read = shard.Shard.CountAsync(null);
        await asked;

        var closing = shard.Shard.CloseWithoutCheckpointAsync();
        await Assert.ThrowsAsync<ShardClosedException>(async () =>
        {
            while (true)
            {
                await shard.UpsertAsync(Point(1)); // until the gate is closed
                await Task.Yield();
            }
        });
        Assert.DoesNotContain("Release", shard.Faults.Calls);
        answer.SetResult();

        await read;
        await closing;
        Assert.Contains("Release", shard.Faults.Calls);
    }

    // Goal: one call for all that waits. Method: the first shard's question is held back while those of nine others
    // gather.
    [Fact]
    public async Task Questions_of_many_shards_are_one_call()
    {
        const int Others = 9;
        await using var shard = await OpenAsync();
        using var threads = new EngineThreads(1, 1);
        var checks = new OwnershipChecks(shard.Faults, _time);
        var shards = new List<Shard>();
        for (var i = 0; i <= Others; i++)
            shards.Add(await Shard.OpenAsync(
                TestShard.Id with { Index = i + 1 }, Settings, shard.Faults, threads, Options, _time, checks));
        var (asked, answer) = HoldQuestions(shard);
        Advance(11);
        var first = shards[0].CountAsync(null);
        await asked;
        var others = shards.Skip(1).Select(other => other.CountAsync(null)).ToList();
        await UntilAsync(() => checks.WaitingCount == Others);
        answer.SetResult();
        await first;
        await Task.WhenAll(others);

        Assert.Equal(2, Questions(shard));
        foreach (var opened in shards) await opened.DisposeAsync();
    }
}
