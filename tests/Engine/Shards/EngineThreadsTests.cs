using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Tests.Shards;

/// <summary>How many searches run at a time, and where.</summary>
public sealed class EngineThreadsTests
{
    private const int SearchThreads = 2;

    // Goal: short searches on the pool's threads and others on search threads share one bound. Method: each waits a
    // moment for one too many to join it; if one ever does, all see it.
    [Fact]
    public async Task No_more_searches_run_at_a_time_than_there_are_places()
    {
        using var threads = new EngineThreads(SearchThreads, buildThreads: 1);
        using var tooMany = new ManualResetEventSlim();
        var running = 0;
        var searches = Enumerable.Range(0, 40).Select(i => i % 2 == 0
            ? threads.RunShortAsync(_ => Search(), isAlone: i % 4 == 0, CancellationToken.None)
            : threads.RunAsync(_ => Search(), CancellationToken.None));
        await Task.WhenAll(searches);
        Assert.False(tooMany.IsSet);

        bool Search()
        {
            if (Interlocked.Increment(ref running) > SearchThreads) tooMany.Set();
            tooMany.Wait(TimeSpan.FromMilliseconds(5));
            Interlocked.Decrement(ref running);
            return true;
        }
    }

    [Fact]
    public async Task A_short_search_waits_for_a_place_where_all_are_taken()
    {
        using var threads = new EngineThreads(searchThreads: 1, buildThreads: 1);
        using var isRunning = new ManualResetEventSlim();
        using var mayEnd = new ManualResetEventSlim();
        var hasEnded = false;
        var first = threads.RunAsync(
            _ =>
            {
                isRunning.Set();
                mayEnd.Wait();
                return hasEnded = true;
            },
            CancellationToken.None);
        isRunning.Wait();
        var second = threads.RunShortAsync(_ => hasEnded, isAlone: true, CancellationToken.None);
        mayEnd.Set();
        Assert.True(await second);
        await first;
    }

    // Goal: handing over is saved where it helps nobody; loops of searches that one caller starts still run beside each
    // other. Method: who ran what is started without waiting for it.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_short_search_that_is_alone_runs_on_the_thread_that_asks_for_it_but_not_always(bool isAlone)
    {
        const int Asked = 100;
        using var threads = new EngineThreads(searchThreads: Asked, buildThreads: 1);
        var here = await Task.Run(async () =>
        {
            var caller = Environment.CurrentManagedThreadId;
            var isStarting = true;
            var searches = Enumerable.Range(0, Asked).Select(_ => threads.RunShortAsync(
                _ => isStarting && Environment.CurrentManagedThreadId == caller,
                isAlone,
                CancellationToken.None)).ToList();
            isStarting = false;
            return (await Task.WhenAll(searches)).Count(isHere => isHere);
        });
        if (isAlone) Assert.InRange(here, Asked * 8 / 10, Asked - 1);
        else Assert.Equal(0, here);
    }

    [Fact]
    public async Task A_cancelled_short_search_does_not_run_and_gives_its_place_back()
    {
        using var threads = new EngineThreads(searchThreads: 1, buildThreads: 1);
        var hasRun = false;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => threads.RunShortAsync(_ => hasRun = true, isAlone: true, new CancellationToken(canceled: true)));
        Assert.False(hasRun);
        Assert.True(await threads.RunShortAsync(_ => true, isAlone: true, CancellationToken.None));
    }

    [Fact]
    public async Task A_search_that_fails_gives_its_place_back()
    {
        using var threads = new EngineThreads(searchThreads: 1, buildThreads: 1);
        await Assert.ThrowsAsync<InvalidDataException>(() => threads.RunShortAsync<bool>(
            _ => throw new InvalidDataException(), isAlone: true, CancellationToken.None));
        Assert.True(await threads.RunAsync(_ => true, CancellationToken.None));
    }
}
