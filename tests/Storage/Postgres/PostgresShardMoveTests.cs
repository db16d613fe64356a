using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Postgres;
using VectorCluster.Storage.Tests.Contracts;

namespace VectorCluster.Storage.Tests.Postgres;

public sealed class PostgresShardMoveTests : ShardMoveContract
{
    private StoreDatabase _database = null!; // these are set by OpenAsync
    private PostgresDatabase _first = null!;
    private PostgresDatabase _second = null!;

    protected override async ValueTask<(IShardStore First, IShardStore Second)> OpenAsync()
    {
        _database = await StoreDatabase.CreateAsync();
        (_first, _second) = (await _database.OpenAsync(), await _database.OpenAsync());
        return (_first.Shards, _second.Shards);
    }

    protected override async ValueTask CloseAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        await _database.DisposeAsync();
    }
}
