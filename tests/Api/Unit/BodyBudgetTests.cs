namespace VectorCluster.Api.Tests;

public sealed class BodyBudgetTests
{
    [Fact]
    public async Task Bodies_beyond_the_budget_are_refused_and_room_comes_back()
    {
        var budget = new BodyBudget(maxBytes: 1024 * 1024);
        using var first = new BodyBuffer(budget);
        await first.ReadAsync(new MemoryStream(new byte[400_000]), default);
        using (var second = new BodyBuffer(budget))
        {
            await Assert.ThrowsAsync<OverloadedException>(
                async () => await second.ReadAsync(new MemoryStream(new byte[600_000]), default));
        }

        first.Dispose();
        using var third = new BodyBuffer(budget);
        await third.ReadAsync(new MemoryStream(new byte[500_000]), default);
        Assert.Equal(500_000, third.Bytes.Length);
    }
}
