using System.Globalization;

namespace VectorCluster.Cluster.Bench;

/// <summary>Asks the script that started this program for silos to come and go: a line that begins with @ on standard
/// output, answered by one on standard input.</summary>
internal static class SiloOrders
{
    /// <summary>Returns when the silo says that it is ready.</summary>
    public static Task StartAsync(int number) =>
        AskAsync(string.Create(CultureInfo.InvariantCulture, $"@start {number}"));

    /// <summary>Sends SIGTERM and waits until the process is gone.</summary>
    /// <returns>Its exit code, and what it said about its drain.</returns>
    public static async Task<(int ExitCode, string Drain)> StopAsync(int number)
    {
        var answer = await AskAsync(string.Create(CultureInfo.InvariantCulture, $"@stop {number}"));
        var words = answer.Split(' ', 2);
        return (int.Parse(words[0], CultureInfo.InvariantCulture), words[1]);
    }

    /// <summary>How often silos have opened a shard, since they started.</summary>
    public static async Task<int> CountOpeningsAsync() =>
        int.Parse(await AskAsync("@opened"), CultureInfo.InvariantCulture);

    private static async Task<string> AskAsync(string order)
    {
        Console.WriteLine(order);
        return await Task.Run(Console.ReadLine)
            ?? throw new InvalidOperationException($"The script ended instead of answering '{order}'.");
    }
}
