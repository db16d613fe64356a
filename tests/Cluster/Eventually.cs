namespace VectorCluster.Cluster.Tests;

/// <summary>Waits for what happens by itself.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <returns>The first value that is as wanted.</returns>
    public static async Task<T> IsAsync<T>(Func<Task<T>> look, Func<T, bool> isWanted)
    {
        var from = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var found = await look();
            if (isWanted(found)) return found;
            Assert.True(TimeProvider.System.GetElapsedTime(from) < Patience, $"It is still {found}.");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
