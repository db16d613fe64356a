namespace VectorCluster.Api;

/// <summary>One endpoint: what the router, the metrics and the OpenAPI test need to know of it.</summary>
/// <param name="Method">HTTP method in upper case.</param>
/// <param name="Pattern">Route pattern; <c>{collection}</c> names the collection.</param>
/// <param name="Kind">What it counts as in the metrics.</param>
/// <param name="Operation">Name in the metrics and in the OpenAPI document.</param>
/// <param name="Access">Who may send it at all.</param>
internal sealed record ApiRoute(
    string Method,
    string Pattern,
    ApiRouteKind Kind,
    string Operation,
    RouteAccess Access,
    Func<ApiCall, Task> Handler)
{
    /// <summary>Such as <c>GET /collections/{collection}</c>.</summary>
    public string Name { get; } = $"{Method} {Pattern}";
}

internal enum ApiRouteKind
{
    /// <summary>Health, metrics, documents: counted as HTTP requests only.</summary>
    Service,

    /// <summary>A vector search.</summary>
    Query,

    /// <summary>Anything else on collections and points.</summary>
    Operation,
}
