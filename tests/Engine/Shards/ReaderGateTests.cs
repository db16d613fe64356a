using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Tests.Shards;

public sealed class ReaderGateTests
{
    [Fact]
    public async Task Waiting_for_those_inside_does_not_wait_for_those_who_come_later()
    {
        var gate = new ReaderGate(TestShard.Id);
        var (first, second) = (gate.Enter(), gate.Enter());
        var left = gate.WaitForPresentAsync();
        using var later = gate.Enter();
        first.Dispose();
        Assert.False(left.IsCompleted);
        second.Dispose();

        await left;
        Assert.False(gate.WaitForPresentAsync().IsCompleted);
    }

    [Fact]
    public async Task Closing_waits_for_all_who_ever_came_and_lets_nobody_in()
    {
        var gate = new ReaderGate(TestShard.Id);
        var first = gate.Enter();
        _ = gate.WaitForPresentAsync();
        var second = gate.Enter();
        var closed = gate.CloseAsync();
        Assert.Throws<ShardClosedException>(() => gate.Enter());
        second.Dispose();
        Assert.False(closed.IsCompleted);
        first.Dispose();

        await closed;
        await gate.CloseAsync();
    }

    // Goal: whoever came in before is waited for, however the two race. Method: readers hold a value that is taken
    // away only after waiting.
    [Fact]
    public async Task What_is_taken_away_after_waiting_is_seen_by_nobody()
    {
        var gate = new ReaderGate(TestShard.Id);
        var present = new StrongBox();
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            var faults = 0;
            while (!stop.IsCancellationRequested)
            {
                using var ticket = gate.Enter();
                var seen = Volatile.Read(ref present);
                for (var i = 0; i < 50; i++)
                    if (Volatile.Read(ref seen.IsGone)) faults++;
            }

            return faults;
        })).ToList();
        for (var round = 0; round < 3_000; round++)
        {
            var before = Interlocked.Exchange(ref present, new());
            await gate.WaitForPresentAsync();
            Volatile.Write(ref before.IsGone, true);
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers), faults => Assert.Equal(0, faults));
    }

    private sealed class StrongBox
    {
        public bool IsGone;
    }
}
