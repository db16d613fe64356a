using VectorCluster.Suites;

namespace VectorCluster.Embedded.Tests.Postgres;

/// <summary>A database in PostgreSQL, shared by the tests of one topic.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private StoredDatabase? _stored;
    private VectorDatabase? _database;

    public IVectorDatabase Database => _database!;

    public async Task InitializeAsync()
    {
        _stored = await StoredDatabase.CreateAsync();
        _database = await _stored.OpenAsync();
    }

    public async Task DisposeAsync()
    {
        await _database!.DisposeAsync();
        await _stored!.DisposeAsync();
    }
}

public sealed class PostgresCollectionTests(
    PostgresFixture fixture) : CollectionContract, IClassFixture<PostgresFixture>
{
    protected override IVectorDatabase Database => fixture.Database;
}

public sealed class PostgresPointTests(PostgresFixture fixture) : PointContract, IClassFixture<PostgresFixture>
{
    protected override IVectorDatabase Database => fixture.Database;
}

public sealed class PostgresPayloadTests(PostgresFixture fixture) : PayloadContract, IClassFixture<PostgresFixture>
{
    protected override IVectorDatabase Database => fixture.Database;
}

public sealed class PostgresNamespaceTests(PostgresFixture fixture) : NamespaceContract, IClassFixture<PostgresFixture>
{
    protected override IVectorDatabase Database => fixture.Database;
}

public sealed class PostgresErrorTests(PostgresFixture fixture) : ErrorContract, IClassFixture<PostgresFixture>
{
    protected override IVectorDatabase Database => fixture.Database;
}
