namespace VectorCluster.Cli.Tests;

/// <summary>A folder that goes with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
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

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
