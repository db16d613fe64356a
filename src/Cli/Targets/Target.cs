using VectorCluster.Client.Http;
using VectorCluster.Embedded;

namespace VectorCluster.Cli;

/// <summary>The database a command works on, over HTTP or in this process.</summary>
internal sealed class Target : IAsyncDisposable
{
    private readonly object _owned;

    private Target(string name, IVectorDatabase database, object owned)
    {
        Name = name;
        Database = database;
        _owned = owned;
    }

    /// <summary>The URL, or what <see cref="StoreChoice.Name"/> says.</summary>
    public string Name { get; }

    public IVectorDatabase Database { get; }

    public static Target Connect(Uri url, string? apiKey)
    {
        var client = VectorClusterHttpClient.Connect(url, apiKey);
        return new(url.ToString(), client, client);
    }

    public static async Task<Target> OpenAsync(StoreChoice store, CancellationToken cancellationToken)
    {
        var database = await VectorDatabase.OpenAsync(
            await store.OpenAsync(cancellationToken), cancellationToken: cancellationToken);
        return new(store.Name, database, database);
    }

    public ValueTask DisposeAsync()
    {
        if (_owned is IAsyncDisposable database) return database.DisposeAsync();
        ((IDisposable)_owned).Dispose();
        return ValueTask.CompletedTask;
    }
}
