namespace VectorCluster.Cli.Tests;

/// <summary>Waits for something that another process does, as long as patience lasts.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(5);

    public static Task TrueAsync(Func<bool> isTrue, Func<string> failure) =>
        TrueAsync(() => Task.FromResult(isTrue()), failure);

    public static async Task TrueAsync(Func<Task<bool>> isTrue, Func<string> failure)
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        while (!await isTrue())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(startedAt) < CliProcess.Patience, failure());
            await Task.Delay(Interval, TimeProvider.System);
        }
    }
}
