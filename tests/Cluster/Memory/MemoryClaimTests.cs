using VectorCluster.Grains.Shards;

namespace VectorCluster.Cluster.Tests.Memory;

/// <summary>Claims on memory, without shards.</summary>
public sealed class MemoryClaimTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Claim_waits_until_another_is_given_back()
    {
        var budget = new MemoryBudget(100, () => false);
        var first = await budget.ClaimAsync(70, CancellationToken.None);

        var second = budget.ClaimAsync(40, CancellationToken.None);
        Assert.False(second.IsCompleted);
        first.Resize(60);

        Assert.Equal(40, (await second.WaitAsync(Patience, TimeProvider.System)).Bytes);
        Assert.Equal(100, budget.HeldBytes);
    }

    [Fact]
    public async Task Idle_holders_are_asked_only_until_enough_is_being_given_back()
    {
        var idle = new Queue<MemoryClaim>();
        var asked = 0;
        var budget = new MemoryBudget(100, () =>
        {
            if (!idle.TryDequeue(out var victim)) return false;
            asked++;
            return victim.TryNoteClosing();
        });
        var held = new List<MemoryClaim>();
        for (var i = 0; i < 10; i++) held.Add(await budget.ClaimAsync(10, CancellationToken.None));
        held.ForEach(idle.Enqueue);

        var wanted = budget.ClaimAsync(25, CancellationToken.None);
        Assert.Equal(3, asked);
        foreach (var claim in held[..3]) claim.Dispose();

        await wanted.WaitAsync(Patience, TimeProvider.System);
        Assert.Equal((3, 95), (asked, budget.HeldBytes));
    }

    [Fact]
    public async Task What_is_larger_than_the_budget_is_let_in_alone()
    {
        var budget = new MemoryBudget(100, () => false);
        var small = await budget.ClaimAsync(10, CancellationToken.None);

        var large = budget.ClaimAsync(500, CancellationToken.None);
        Assert.False(large.IsCompleted);
        small.Dispose();

        Assert.Equal(500, (await large.WaitAsync(Patience, TimeProvider.System)).Bytes);
    }

    [Fact]
    public async Task Growth_gives_up_when_nobody_is_idle_and_claims_end_with_their_callers()
    {
        var budget = new MemoryBudget(100, () => false);
        using var held = await budget.ClaimAsync(90, CancellationToken.None);
        using var leaving = new CancellationTokenSource();

        Assert.True(await budget.MakeRoomAsync(10, CancellationToken.None));
        Assert.False(await budget.MakeRoomAsync(11, CancellationToken.None));
        var waiting = budget.ClaimAsync(20, leaving.Token);
        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(90, budget.HeldBytes);
    }
}
