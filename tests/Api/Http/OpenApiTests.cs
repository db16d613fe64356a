using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace VectorCluster.Api.Tests;

/// <summary>The document and the server describe the same API, or one of them lies.</summary>
public sealed partial class OpenApiTests(ApiServer server) : IClassFixture<ApiServer>
{
    [Fact]
    public async Task Every_endpoint_is_in_the_document_and_every_path_of_it_is_mapped()
    {
        using var document = await ReadAsync();
        var documented = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"));
        var mapped = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods
                .Select(method => $"{method} {endpoint.RoutePattern.RawText}") ?? []);

        Assert.Equal(mapped.Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Operations_are_named_as_in_the_metrics()
    {
        using var document = await ReadAsync();
        var names = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject())
            .Select(operation => operation.Value.GetProperty("operationId").GetString());

        Assert.Equal(
            VectorClusterApi.Routes.Select(route => route.Operation).Order(StringComparer.Ordinal),
            names.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_reference_leads_somewhere()
    {
        using var document = await ReadAsync();
        foreach (var reference in References().Matches(document.RootElement.GetRawText()).Select(match => match.Groups["path"].Value))
        {
            var at = document.RootElement;
            foreach (var name in reference.Split('/')) Assert.True(at.TryGetProperty(name, out at), reference);
        }
    }

    [Fact]
    public async Task Every_error_code_is_listed()
    {
        using var document = await ReadAsync();
        var listed = document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty("Error")
            .GetProperty("properties").GetProperty("status").GetProperty("properties").GetProperty("code").GetProperty("enum")
            .EnumerateArray().Select(code => code.GetString());
        var codes = typeof(ErrorCodes).GetFields().Concat(typeof(HttpErrorCodes).GetFields())
            .Select(field => (string?)field.GetRawConstantValue());

        Assert.Equal(codes.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    private async Task<JsonDocument> ReadAsync() => JsonDocument.Parse(await server.Http.GetByteArrayAsync("openapi"));

    [GeneratedRegex("""\$ref": "#/(?<path>[^"]+)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex References();
}
