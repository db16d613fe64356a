using System.Diagnostics;

namespace VectorCluster.Cluster.Tests.Processes;

/// <summary>The program of the README, as a process of its own; tests/Docs compares the two.</summary>
public sealed class SampleTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Where it was built: what is copied beside the tests lacks what ASP.NET Core gives these.</summary>
    private static string Program
    {
        get
        {
            var here = new DirectoryInfo(AppContext.BaseDirectory); // tests/Cluster/bin/CONFIGURATION/FRAMEWORK
            var root = here.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
            return Path.Join(
                root, "samples/ClusterClient/bin", here.Parent.Name, here.Name, "VectorCluster.ClusterClient.dll");
        }
    }

    [Fact]
    public async Task Sample_of_the_readme_writes_to_a_silo_and_searches()
    {
        var directory = Directory.CreateTempSubdirectory("vectorcluster-").FullName;
        try
        {
            await using var silo = await SiloProcess.StartAsync(("DataDirectory", directory));
            var (exitCode, output) = await RunAsync($"{silo.GatewayPort}");

            Assert.True(exitCode == 0, output);
            var hits = output.Split('\n').Where(line => line.Contains(" at distance ", StringComparison.Ordinal));
            Assert.Equal(["1", "2"], hits.Select(line => line.Split(' ')[0]));
            Assert.Equal(2, await silo.Http.CountAsync(new() { Collection = "drinks" }));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string gatewayPort)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Program);
        start.ArgumentList.Add(gatewayPort);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Patience, TimeProvider.System);
        return (process.ExitCode, output);
    }
}
