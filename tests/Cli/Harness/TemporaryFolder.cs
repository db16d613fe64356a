namespace VectorCluster.Cli.Tests;

/// <summary>A folder that goes with the test, and takes the processes with it that a failed test left.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly List<CliProcess> _processes = [];
    private readonly string _path = Directory.CreateTempSubdirectory("vectorcluster-cli-").FullName;

    /// <summary>Data directory.</summary>
    public string Data => PathOf("data");

    /// <summary>Where imports keep how far they got.</summary>
    public string State => PathOf("state");

    public string PathOf(string name) => Path.Join(_path, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    public void Add(CliProcess process) => _processes.Add(process);

    public void Dispose()
    {
        foreach (var process in _processes) process.Kill();
        Directory.Delete(_path, recursive: true);
    }
}
