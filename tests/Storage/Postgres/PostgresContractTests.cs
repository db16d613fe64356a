using VectorCluster.Engine.Catalogue;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Postgres;
using VectorCluster.Storage.Tests.Contracts;

namespace VectorCluster.Storage.Tests.Postgres;

public sealed class PostgresShardStoreTests : ShardStoreContract
{
    private readonly OpenedStore _store = new(keys: null);

    protected override async ValueTask<IShardStore> OpenAsync() => (await _store.OpenAsync()).Shards;

    protected override ValueTask CloseAsync(IShardStore store) => _store.CloseAsync();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _store.DropAsync();
    }
}

public sealed class EncryptedPostgresShardStoreTests : ShardStoreContract
{
    private readonly OpenedStore _store = new(StoreDatabase.Keys(7));

    protected override async ValueTask<IShardStore> OpenAsync() => (await _store.OpenAsync()).Shards;

    protected override ValueTask CloseAsync(IShardStore store) => _store.CloseAsync();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _store.DropAsync();
    }
}

public sealed class PostgresCatalogueStoreTests : CatalogueStoreContract
{
    private readonly OpenedStore _store = new(keys: null);

    protected override async ValueTask<ICatalogueStore> OpenAsync() => (await _store.OpenAsync()).Catalogue;

    protected override ValueTask CloseAsync(ICatalogueStore store) => _store.CloseAsync();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _store.DropAsync();
    }
}

/// <summary>The store that a contract has open, over a database of its own.</summary>
internal sealed class OpenedStore(EncryptionKeys? keys)
{
    private StoreDatabase? _database;
    private PostgresDatabase? _opened;

    public async Task<PostgresDatabase> OpenAsync()
    {
        _database ??= await StoreDatabase.CreateAsync(keys);
        return _opened = await _database.OpenAsync();
    }

    public ValueTask CloseAsync() => _opened!.DisposeAsync();

    public ValueTask DropAsync() => _database?.DisposeAsync() ?? ValueTask.CompletedTask;
}
