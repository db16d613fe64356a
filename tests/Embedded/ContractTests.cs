using VectorCluster.Suites;

namespace VectorCluster.Embedded.Tests;

/// <summary>An embedded database in a directory of its own, shared by the tests of one topic.</summary>
public sealed class EmbeddedFixture : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private VectorDatabase? _database;

    public IVectorDatabase Database => _database!;

    public async Task InitializeAsync() => _database = await VectorDatabase.OpenAsync(_directory.Path);

    public async Task DisposeAsync()
    {
        await _database!.DisposeAsync();
        _directory.Dispose();
    }
}

public sealed class EmbeddedCollectionTests(
    EmbeddedFixture fixture) : CollectionContract, IClassFixture<EmbeddedFixture>
{
    protected override IVectorDatabase Database => fixture.Database;
}

public sealed class EmbeddedPointTests(EmbeddedFixture fixture) : PointContract, IClassFixture<EmbeddedFixture>
{
    protected override IVectorDatabase Database => fixture.Database;
}

public sealed class EmbeddedPayloadTests(EmbeddedFixture fixture) : PayloadContract, IClassFixture<EmbeddedFixture>
{
    protected override IVectorDatabase Database => fixture.Database;
}

public sealed class EmbeddedFilterTests(EmbeddedFixture fixture) : FilterContract, IClassFixture<EmbeddedFixture>
{
    protected override IVectorDatabase Database => fixture.Database;
}

public sealed class EmbeddedSearchTests(EmbeddedFixture fixture) : SearchContract, IClassFixture<EmbeddedFixture>
{
    protected override IVectorDatabase Database => fixture.Database;
}

public sealed class EmbeddedQuantizationTests(
    EmbeddedFixture fixture) : QuantizationContract, IClassFixture<EmbeddedFixture>
{
    protected override IVectorDatabase Database => fixture.Database;
}

public sealed class EmbeddedNamespaceTests(EmbeddedFixture fixture) : NamespaceContract, IClassFixture<EmbeddedFixture>
{
    protected override IVectorDatabase Database => fixture.Database;
}

public sealed class EmbeddedErrorTests(EmbeddedFixture fixture) : ErrorContract, IClassFixture<EmbeddedFixture>
{
    protected override IVectorDatabase Database => fixture.Database;
}
