using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Files;
using VectorCluster.Storage.Postgres;

namespace VectorCluster.Tests.Owner;

/// <summary>A store, open for as long as its shard is.</summary>
internal sealed class OpenedStore : IAsyncDisposable
{
    private readonly Func<ValueTask> _close;

    private OpenedStore(IShardStore shards, Func<ValueTask> close) => (Shards, _close) = (shards, close);

    public IShardStore Shards { get; }

    public static async Task<OpenedStore> OpenAsync(OwnerArguments arguments)
    {
        if (arguments.Postgres is { } connectionString)
        {
            var database = await PostgresDatabase.OpenAsync(new() { ConnectionString = connectionString });
            return new(database.Shards, database.DisposeAsync);
        }

        var directory = DataDirectory.Open(arguments.Data!);
        var store = new FileShardStore(directory);
        return new(store, async () =>
        {
            await store.DisposeAsync();
            directory.Dispose();
        });
    }

    public ValueTask DisposeAsync() => _close();
}
