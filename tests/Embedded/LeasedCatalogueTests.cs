using VectorCluster.Api.Tests;
using VectorCluster.Coordinator.Catalogue;
using VectorCluster.Engine.Catalogue;
using VectorCluster.Storage.Files;

namespace VectorCluster.Embedded.Tests;

/// <summary>What tests of a catalogue with a lease, as silos have it, stand on: a clock that is moved by hand, and a
/// store whose calls can be held up.</summary>
public abstract class LeasedCatalogueTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();

    protected LeasedCatalogueTests()
    {
        Data = DataDirectory.Open(_directory.Path);
        Rows = new(Data);
        Store = new(Rows);
        Catalogue = OpenCatalogue(Store);
    }

    internal static TimeSpan Lease { get; } = TimeSpan.FromSeconds(5);

    internal static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    internal static CollectionSettings Settings { get; } =
        CollectionSettings.ForVector(2, DistanceMetric.Euclidean);

    internal DataDirectory Data { get; }

    /// <summary>The store itself, past what is done to its calls.</summary>
    internal FileCatalogueStore Rows { get; }

    internal FailingCatalogue Store { get; }

    internal ManualTime Time { get; } = new();

    internal Catalogue Catalogue { get; }

    public abstract Task InitializeAsync();

    public virtual Task DisposeAsync()
    {
        Rows.Dispose();
        Data.Dispose();
        _directory.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>As another silo has it, over the same rows.</summary>
    internal Catalogue OpenCatalogue(ICatalogueStore store) =>
        new(store, (_, _, _) => Task.CompletedTask, Lease, Time);
}
