namespace VectorCluster.Tests.Postgres;

/// <summary>A database of one test, dropped after it.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly PostgresServer _server;

    internal TestDatabase(PostgresServer server, string name) => (_server, Name) = (server, name);

    public string Name { get; }

    public string ConnectionString => _server.ConnectionString(Name);

    /// <summary>Drops it, whoever is connected. Where the server is down nothing is left to do: it goes with its
    /// folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_server.IsReachable) await _server.DropAsync(Name);
    }
}
