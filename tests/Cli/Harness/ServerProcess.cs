using VectorCluster.Client.Http;

namespace VectorCluster.Cli.Tests;

/// <summary><c>serve</c> or <c>demo</c> as a process, and a client of it.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private ServerProcess(CliProcess process, Uri address, string? apiKey = null)
    {
        Process = process;
        Address = address;
        Client = VectorClusterHttpClient.Connect(address, apiKey);
    }

    public CliProcess Process { get; }

    public Uri Address { get; }

    public VectorClusterHttpClient Client { get; }

    /// <summary>Returns once the server says that it is ready.</summary>
    /// <param name="port">0: any free one.</param>
    public static async Task<ServerProcess> StartAsync(TemporaryFolder folder, int port = 0, string command = "serve")
    {
        var process = CliProcess.Start(folder.State, command, "--data", folder.Data, "--port", $"{port}");
        folder.Add(process);
        var address = await process.WaitForAsync($"VectorCluster serves {folder.Data} on ");
        return new(process, new Uri(address));
    }

    /// <summary>As <see cref="StartAsync"/>, with more arguments and variables.</summary>
    /// <param name="apiKey">Of the client.</param>
    public static async Task<ServerProcess> StartWithAsync(
        TemporaryFolder folder,
        string? apiKey,
        IReadOnlyList<(string Name, string Value)> environment,
        params IReadOnlyList<string> arguments)
    {
        var process = CliProcess.Start(
            folder.State, environment, ["serve", "--data", folder.Data, "--port", "0", .. arguments]);
        folder.Add(process);
        var address = await process.WaitForAsync($"VectorCluster serves {folder.Data} on ");
        var any = address.Contains("[::]", StringComparison.Ordinal) ? "[::]" : "0.0.0.0";
        return new(process, new Uri(address.Replace(any, "127.0.0.1", StringComparison.Ordinal)), apiKey);
    }

    /// <summary>As <see cref="StartAsync"/>, on PostgreSQL.</summary>
    public static async Task<ServerProcess> StartOnPostgresAsync(
        TemporaryFolder folder, string connectionString, int port = 0)
    {
        var process = CliProcess.Start(folder.State, "serve", "--postgres", connectionString, "--port", $"{port}");
        folder.Add(process);
        var line = await process.WaitForAsync("VectorCluster serves PostgreSQL database ");
        return new(process, new Uri(line[(line.LastIndexOf(' ') + 1)..]));
    }

    public Task KillAsync() => Process.KillAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Process.DisposeAsync();
    }
}
