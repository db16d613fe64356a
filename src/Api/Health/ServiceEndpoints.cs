using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace VectorCluster.Api;

/// <summary>What says how the server is: version, health, readiness, metrics, and the API's description.</summary>
internal static class ServiceEndpoints
{
    private const string OpenApiResource = "VectorCluster.Api.OpenApi.openapi.json";

    private static readonly string ServerVersion =
        typeof(ServiceEndpoints).Assembly.GetName().Version?.ToString(3) ?? "unknown";

    private static readonly Lazy<byte[]> OpenApiDocument = new(ReadOpenApiDocument);

    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        new("GET", "/", ApiRouteKind.Service, "root", RouteAccess.Open, RootAsync),
        new(
            "GET", "/healthz", ApiRouteKind.Service, "healthz",
            RouteAccess.Open, call => TextAsync(call, 200, "healthz check passed\n")),
        new(
            "GET", "/livez", ApiRouteKind.Service, "livez",
            RouteAccess.Open, call => TextAsync(call, 200, "livez check passed\n")),
        new("GET", "/readyz", ApiRouteKind.Service, "readyz", RouteAccess.Open, ReadyAsync),
        new("GET", "/metrics", ApiRouteKind.Service, "metrics", RouteAccess.Metrics, MetricsAsync),
        new("GET", "/openapi", ApiRouteKind.Service, "openapi", RouteAccess.Open, OpenApiAsync),
        new("GET", "/v1/status", ApiRouteKind.Service, "status", RouteAccess.ReadServer, StatusAsync),
    ];

    private static async Task RootAsync(ApiCall call)
    {
        // Qdrant's clients expect this one without the envelope.
        await using var answer = Answer.Begin(call.Http.Response, StatusCodes.Status200OK);
        answer.Json.WriteString("title", "VectorCluster");
        answer.Json.WriteString("version", VectorClusterApi.QdrantApiVersion);
        answer.Json.WriteString("server_version", ServerVersion);
        await answer.CompleteAsync(call.Elapsed, call.Aborted);
    }

    private static async Task ReadyAsync(ApiCall call)
    {
        var status = await call.Database.GetStatusAsync(call.Aborted);
        if (status.IsReady)
        {
            await TextAsync(call, StatusCodes.Status200OK, "all shards are ready\n");
            return;
        }

        call.Http.Response.Headers.RetryAfter = "1";
        var reasons = status.WaitingFor.Select(reason => $"waiting for: {reason}\n");
        await TextAsync(call, StatusCodes.Status503ServiceUnavailable, "not ready\n" + string.Concat(reasons));
    }

    private static async Task StatusAsync(ApiCall call)
    {
        var status = await call.Database.GetStatusAsync(call.Aborted);
        await call.AnswerAsync(json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("ready", status.IsReady);
            json.WriteStartArray("waiting_for");
            foreach (var reason in status.WaitingFor) json.WriteStringValue(reason);
            json.WriteEndArray();
            json.WritePropertyName("failures");
            ShardJson.WriteFailures(json, status.Failures);
            json.WriteEndObject();
        });
    }

    private static Task MetricsAsync(ApiCall call)
    {
        var store = call.Http.RequestServices.GetRequiredService<MetricStore>();
        return TextAsync(
            call, StatusCodes.Status200OK, PrometheusText.Write(store.Collect()), PrometheusText.ContentType);
    }

    private static async Task OpenApiAsync(ApiCall call)
    {
        call.Http.Response.ContentType = "application/json";
        await call.Http.Response.Body.WriteAsync(OpenApiDocument.Value, call.Aborted);
    }

    private static Task TextAsync(
        ApiCall call, int statusCode, string text, string contentType = "text/plain; charset=utf-8")
    {
        call.Http.Response.StatusCode = statusCode;
        call.Http.Response.ContentType = contentType;
        return call.Http.Response.WriteAsync(text, call.Aborted);
    }

    private static byte[] ReadOpenApiDocument()
    {
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(OpenApiResource)
            ?? throw new InvalidOperationException($"The assembly lacks its resource {OpenApiResource}.");
        using var copy = new MemoryStream();
        resource.CopyTo(copy);
        return copy.ToArray();
    }
}
