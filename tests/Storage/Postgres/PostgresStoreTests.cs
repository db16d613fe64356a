using Npgsql;
using VectorCluster.Engine.Catalogue;
using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Postgres;
using VectorCluster.Storage.Tests.Contracts;

namespace VectorCluster.Storage.Tests.Postgres;

public sealed class PostgresShardStoreTests : ShardStoreContract
{
    private readonly Db _db = new();
    private PostgresDatabase? _open;
    protected override async ValueTask<IShardStore> OpenAsync() => (_open = await _db.OpenAsync()).Shards;
    protected override ValueTask CloseAsync(IShardStore store) => _open!.DisposeAsync();
}

public sealed class EncryptedShardStoreTests : ShardStoreContract
{
    private readonly Db _db = new(EncryptionKeys.Parse("7:" + Convert.ToBase64String(new byte[32])));
    private PostgresDatabase? _open;
    protected override async ValueTask<IShardStore> OpenAsync() => (_open = await _db.OpenAsync()).Shards;
    protected override ValueTask CloseAsync(IShardStore store) => _open!.DisposeAsync();
}

public sealed class PostgresCatalogueStoreTests : CatalogueStoreContract
{
    private readonly Db _db = new();
    private PostgresDatabase? _open;
    protected override async ValueTask<ICatalogueStore> OpenAsync() => (_open = await _db.OpenAsync()).Catalogue;
    protected override ValueTask CloseAsync(ICatalogueStore store) => _open!.DisposeAsync();
}

internal sealed class Db(EncryptionKeys? keys = null)
{
    private string? _name;
    public async Task<PostgresDatabase> OpenAsync()
    {
        var server = Environment.GetEnvironmentVariable("VECTORCLUSTER_TEST_POSTGRES")!;
        if (_name is null)
        {
            _name = "t" + Guid.NewGuid().ToString("N");
            await using var s = NpgsqlDataSource.Create(server);
            await using var c = s.CreateCommand("CREATE DATABASE " + _name);
            await c.ExecuteNonQueryAsync();
        }
        return await PostgresDatabase.OpenAsync(new() { ConnectionString = server + ";Database=" + _name, Keys = keys });
    }
}
