using VectorCluster.Suites;

namespace VectorCluster.Api.Tests;

// The contract suite through the HTTP client, a real server and a real database: every operation there and back.

public sealed class CollectionsOverHttpTests(ApiServer server) : CollectionContract, IClassFixture<ApiServer>
{
    protected override IVectorDatabase Database => server.Client;
}

public sealed class PointsOverHttpTests(ApiServer server) : PointContract, IClassFixture<ApiServer>
{
    protected override IVectorDatabase Database => server.Client;
}

public sealed class PayloadsOverHttpTests(ApiServer server) : PayloadContract, IClassFixture<ApiServer>
{
    protected override IVectorDatabase Database => server.Client;
}

public sealed class FiltersOverHttpTests(ApiServer server) : FilterContract, IClassFixture<ApiServer>
{
    protected override IVectorDatabase Database => server.Client;
}

public sealed class NamespacesOverHttpTests(ApiServer server) : NamespaceContract, IClassFixture<ApiServer>
{
    protected override IVectorDatabase Database => server.Client;
}

public sealed class SearchesOverHttpTests(ApiServer server) : SearchContract, IClassFixture<ApiServer>
{
    protected override IVectorDatabase Database => server.Client;
}

public sealed class QuantizationOverHttpTests(ApiServer server) : QuantizationContract, IClassFixture<ApiServer>
{
    protected override IVectorDatabase Database => server.Client;
}

public sealed class ErrorsOverHttpTests(ApiServer server) : ErrorContract, IClassFixture<ApiServer>
{
    protected override IVectorDatabase Database => server.Client;
}
