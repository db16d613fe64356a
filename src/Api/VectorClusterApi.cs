using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace VectorCluster.Api;

/// <summary>The HTTP door: Qdrant's REST API over <see cref="IVectorDatabase"/>, and what it has no word for under
/// <c>/v1</c>.</summary>
public static class VectorClusterApi
{
    /// <summary>
    /// The version of Qdrant's API that is served. Qdrant's clients read it from <c>GET /</c> and warn unless it is
    /// within one minor version of their own; so it is not the version of this server, which <c>server_version</c>
    /// tells.
    /// </summary>
    public const string QdrantApiVersion = "1.18.0";

    private static readonly string[] HttpMethods =
        ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

    /// <summary>Registers what the endpoints need, except the <see cref="IVectorDatabase"/> and its
    /// <see cref="ICluster"/>, which are the host's to register.</summary>
    /// <param name="options">Null: the defaults, under which everyone may do everything.</param>
    /// <exception cref="ApiOptionsException">A setting can't be used.</exception>
    public static IServiceCollection AddVectorClusterApi(this IServiceCollection services, ApiOptions? options = null)
    {
        options = (options ?? new()).Validate(); // told at once, not by the first request
        services.AddRouting();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(_ => new BodyBudget(options.Limits.MaxBodyBytes));
        services.TryAddSingleton(options);
        if (options.Access.IsClosed) services.TryAddSingleton<CredentialFiles>();
        services.TryAddSingleton(provider => new AccessGate(
            options, provider.GetService<CredentialFiles>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ApiMeter>();
        services.TryAddSingleton<ProcessMeter>();
        services.TryAddSingleton<MetricStore>();
        services.TryAddSingleton<ApiDispatcher>();
        return services;
    }

    /// <summary>Maps every endpoint, and an answer with a reason for all other paths.</summary>
    public static IEndpointRouteBuilder MapVectorClusterApi(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var dispatcher = services.GetRequiredService<ApiDispatcher>();
        services.GetRequiredService<MetricStore>().Start();
        services.GetRequiredService<ProcessMeter>();

        foreach (var route in Routes)
        {
            endpoints.MapMethods(route.Pattern, [route.Method], http => dispatcher.RunAsync(http, route))
                .WithDisplayName($"{route.Method} {route.Pattern}");
        }

        var unknown = new UnknownRoutes(Routes);
        endpoints.MapFallback(
            "{**path}", http => dispatcher.RunAsync(http, unknown.Route(KnownMethod(http.Request.Method))));
        return endpoints;
    }

    internal static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        .. ServiceEndpoints.Routes,
        .. CollectionEndpoints.Routes,
        .. IndexEndpoints.Routes,
        .. NamespaceEndpoints.Routes,
        .. ClusterEndpoints.Routes,
        .. PointReadEndpoints.Routes,
        .. PointWriteEndpoints.Routes,
        .. SearchEndpoints.Routes,
    ];

    /// <summary>A method is a label of a metric, and clients may invent methods.</summary>
    private static string KnownMethod(string method) =>
        HttpMethods.Contains(method, StringComparer.Ordinal) ? method : "other";
}
