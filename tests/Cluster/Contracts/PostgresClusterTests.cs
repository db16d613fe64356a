using VectorCluster.Suites;

namespace VectorCluster.Cluster.Tests.Contracts;

/// <summary>Two silos over one PostgreSQL database, through the Orleans client.</summary>
public sealed class PostgresClusterFixture : IAsyncLifetime
{
    private RunningCluster? _cluster;

    public IVectorDatabase Database => _cluster!.Database;

    public async Task InitializeAsync() => _cluster = await RunningCluster.OverPostgresAsync();

    public async Task DisposeAsync() => await _cluster!.DisposeAsync();
}

/// <summary>Starting silos costs more than the tests do, so all topics share them.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresClusterTopics : ICollectionFixture<PostgresClusterFixture>
{
    public const string Name = "PostgresCluster";
}

[Collection(PostgresClusterTopics.Name)]
public sealed class PostgresClusterCollectionTests(PostgresClusterFixture fixture) : CollectionContract
{
    protected override IVectorDatabase Database => fixture.Database;
}

[Collection(PostgresClusterTopics.Name)]
public sealed class PostgresClusterPointTests(PostgresClusterFixture fixture) : PointContract
{
    protected override IVectorDatabase Database => fixture.Database;
}

[Collection(PostgresClusterTopics.Name)]
public sealed class PostgresClusterPayloadTests(PostgresClusterFixture fixture) : PayloadContract
{
    protected override IVectorDatabase Database => fixture.Database;
}

[Collection(PostgresClusterTopics.Name)]
public sealed class PostgresClusterNamespaceTests(PostgresClusterFixture fixture) : NamespaceContract
{
    protected override IVectorDatabase Database => fixture.Database;
}

[Collection(PostgresClusterTopics.Name)]
public sealed class PostgresClusterErrorTests(PostgresClusterFixture fixture) : ErrorContract
{
    protected override IVectorDatabase Database => fixture.Database;
}
