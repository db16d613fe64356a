using VectorCluster.Suites;

namespace VectorCluster.Cluster.Tests.Contracts;

/// <summary>Two silos over one file store, through the Orleans client.</summary>
public sealed class FileClusterFixture : IAsyncLifetime
{
    private RunningCluster? _cluster;

    public IVectorDatabase Database => _cluster!.Database;

    public async Task InitializeAsync() => _cluster = await RunningCluster.OverFilesAsync();

    public async Task DisposeAsync() => await _cluster!.DisposeAsync();
}

/// <summary>Starting silos costs more than the tests do, so all topics share them.</summary>
[CollectionDefinition(Name)]
public sealed class FileClusterTopics : ICollectionFixture<FileClusterFixture>
{
    public const string Name = "FileCluster";
}

[Collection(FileClusterTopics.Name)]
public sealed class FileClusterCollectionTests(FileClusterFixture fixture) : CollectionContract
{
    protected override IVectorDatabase Database => fixture.Database;
}

[Collection(FileClusterTopics.Name)]
public sealed class FileClusterPointTests(FileClusterFixture fixture) : PointContract
{
    protected override IVectorDatabase Database => fixture.Database;
}

[Collection(FileClusterTopics.Name)]
public sealed class FileClusterPayloadTests(FileClusterFixture fixture) : PayloadContract
{
    protected override IVectorDatabase Database => fixture.Database;
}

[Collection(FileClusterTopics.Name)]
public sealed class FileClusterFilterTests(FileClusterFixture fixture) : FilterContract
{
    protected override IVectorDatabase Database => fixture.Database;
}

[Collection(FileClusterTopics.Name)]
public sealed class FileClusterSearchTests(FileClusterFixture fixture) : SearchContract
{
    protected override IVectorDatabase Database => fixture.Database;
}

[Collection(FileClusterTopics.Name)]
public sealed class FileClusterQuantizationTests(FileClusterFixture fixture) : QuantizationContract
{
    protected override IVectorDatabase Database => fixture.Database;
}

[Collection(FileClusterTopics.Name)]
public sealed class FileClusterNamespaceTests(FileClusterFixture fixture) : NamespaceContract
{
    protected override IVectorDatabase Database => fixture.Database;
}

[Collection(FileClusterTopics.Name)]
public sealed class FileClusterErrorTests(FileClusterFixture fixture) : ErrorContract
{
    protected override IVectorDatabase Database => fixture.Database;
}
