using System.Net;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace VectorCluster.Api.Tests.Access;

/// <summary>Every endpoint with every kind of caller.</summary>
public sealed class RoleTableTests(LockedServer locked) : IClassFixture<LockedServer>
{
    private const char Allowed = '+';
    private const char Unknown = '0'; // 401
    private const char Forbidden = '-'; // 403

    private static readonly string[] Callers =
    [
        "", "wrong", "expired", "reader", "writer", "admin", "admin-here", "admin-elsewhere", "tenant-admin", "tenant-reader",
    ];

    /// <summary>For each operation, what becomes of its request (in the tenant's namespace of the collection) from each
    /// of the callers, in their order.</summary>
    private static readonly Dictionary<string, string> Table = new(StringComparer.Ordinal)
    {
        ["root"] = "++++++++++",
        ["healthz"] = "++++++++++",
        ["livez"] = "++++++++++",
        ["readyz"] = "++++++++++",
        ["openapi"] = "++++++++++",
        ["metrics"] = "000+++----",
        ["status"] = "000+++----",
        ["list_collections"] = "000+++++++",
        ["get_collection"] = "000++++-++",
        ["collection_exists"] = "000++++-++",
        ["create_collection"] = "000--++---",
        ["update_collection"] = "000--++---",
        ["delete_collection"] = "000--++---",
        ["create_field_index"] = "000-+++---",
        ["delete_field_index"] = "000-+++---",
        ["list_namespaces"] = "000++++-++",
        ["delete_namespace"] = "000-+++-+-",
        ["delete_namespace_by_query"] = "000-+++-+-",
        ["get_cluster"] = "000+++----",
        ["list_cluster_shards"] = "000+++----",
        ["list_moves"] = "000+++----",
        ["move_shard"] = "000--+----",
        ["drain_silo"] = "000--+----",
        ["set_balancing"] = "000--+----",
        ["get_points"] = "000++++-++",
        ["get_point"] = "000++++-++",
        ["scroll_points"] = "000++++-++",
        ["count_points"] = "000++++-++",
        ["search_points"] = "000++++-++",
        ["search_batch"] = "000++++-++",
        ["query_points"] = "000++++-++",
        ["query_batch"] = "000++++-++",
        ["recommend_points"] = "000++++-++",
        ["recommend_batch"] = "000++++-++",
        ["upsert_points"] = "000-+++-+-",
        ["delete_points"] = "000-+++-+-",
        ["set_payload"] = "000-+++-+-",
        ["overwrite_payload"] = "000-+++-+-",
        ["delete_payload"] = "000-+++-+-",
        ["clear_payload"] = "000-+++-+-",
        ["batch_update"] = "000-+++-+-",
    };

    [Fact]
    public void Every_endpoint_of_the_routing_table_has_a_row()
    {
        var mapped = locked.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>() is not null)
            .Select(endpoint => endpoint.DisplayName);

        Assert.Equal(
            mapped.Order(StringComparer.Ordinal),
            VectorClusterApi.Routes.Select(route => $"{route.Method} {route.Pattern}").Order(StringComparer.Ordinal)!);
        Assert.Equal(
            VectorClusterApi.Routes.Select(route => route.Operation).Order(StringComparer.Ordinal),
            Table.Keys.Order(StringComparer.Ordinal));
        Assert.All(Table.Values, row => Assert.Equal(Callers.Length, row.Length));
    }

    [Fact]
    public async Task Every_endpoint_lets_in_whom_it_should_and_nobody_else()
    {
        var problems = new List<string>();
        foreach (var route in VectorClusterApi.Routes)
        {
            for (var i = 0; i < Callers.Length; i++)
            {
                await PrepareAsync();
                var (status, body) = await SendAsync(route, Callers[i], i % 2 == 0);
                if (Meaning(status) != Table[route.Operation][i] || (int)status >= 500)
                    problems.Add($"{route.Operation} as '{Callers[i]}': {(int)status} {body}");
            }
        }

        Assert.True(problems.Count == 0, string.Join("\n", problems));
    }

    [Fact]
    public async Task What_has_no_endpoint_is_told_to_known_callers_alone()
    {
        using var unknown = new HttpRequestMessage(HttpMethod.Get, "/nothing");
        using var known = new HttpRequestMessage(HttpMethod.Get, "/nothing");
        known.Headers.Add("api-key", locked.KeyOf("tenant-reader"));

        using var refused = await locked.Server.Http.SendAsync(unknown);
        using var answered = await locked.Server.Http.SendAsync(known);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, answered.StatusCode);
    }

    private static char Meaning(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => Unknown,
        HttpStatusCode.Forbidden => Forbidden,
        _ => Allowed,
    };

    private async Task PrepareAsync()
    {
        var database = locked.Server.Database;
        if (!await database.CollectionExistsAsync(LockedServer.Collection))
            await database.CreateCollectionAsync(
                LockedServer.Collection, CollectionSettings.ForVector(2, DistanceMetric.Dot));
        await database.UpsertAsync(new()
        {
            Collection = LockedServer.Collection,
            Namespace = LockedServer.Tenant,
            Points = [new(1UL, new float[] { 1, 2 })],
        });
    }

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(ApiRoute route, string caller, bool asBearer)
    {
        var path = route.Pattern
            .Replace("{collection}", LockedServer.Collection, StringComparison.Ordinal)
            .Replace("{namespace}", LockedServer.Tenant, StringComparison.Ordinal)
            .Replace("{id}", "1", StringComparison.Ordinal)
            .Replace("{field}", "city", StringComparison.Ordinal);
        path += route.Operation switch
        {
            "get_point" => $"?shard_key={LockedServer.Tenant}",
            "delete_namespace_by_query" => $"?name={LockedServer.Tenant}",
            _ => "",
        };
        using var request = new HttpRequestMessage(new HttpMethod(route.Method), path);
        var key = caller switch
        {
            "" => "",
            "wrong" => ApiKey.Create(),
            "expired" => locked.ExpiredKey,
            _ => locked.KeyOf(caller),
        };
        if (key.Length > 0) request.Headers.Add(asBearer ? "Authorization" : "api-key", asBearer ? $"Bearer {key}" : key);
        if (BodyOf(route.Operation) is { } body) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await locked.Server.Http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static string? BodyOf(string operation)
    {
        const string Where = $"\"shard_key\":\"{LockedServer.Tenant}\"";
        return operation switch
        {
            "create_collection" => """{"vectors":{"size":2,"distance":"Dot"}}""",
            "update_collection" => "{}",
            "create_field_index" => """{"field_name":"city","field_schema":"keyword"}""",
            "move_shard" => """{"collection":"docs","namespace":"tenant","shard":0,"to":"local"}""",
            "drain_silo" => """{"silo":"local"}""",
            "set_balancing" => """{"suspended":false}""",
            "get_points" => $$$"""{"ids":[1],{{{Where}}}}""",
            "scroll_points" or "count_points" => $$$"""{{{{Where}}}}""",
            "search_points" => $$$"""{"vector":[1,2],"limit":1,{{{Where}}}}""",
            "search_batch" => $$$"""{"searches":[{"vector":[1,2],"limit":1,{{{Where}}}}]}""",
            "query_points" => $$$"""{"query":[1,2],{{{Where}}}}""",
            "query_batch" => $$$"""{"searches":[{"query":1,{{{Where}}}},{"limit":1,{{{Where}}}}]}""",
            "recommend_points" => $$$"""{"positive":[1],"limit":1,{{{Where}}}}""",
            "recommend_batch" => $$$"""{"searches":[{"positive":[1],"limit":1,{{{Where}}}}]}""",
            "upsert_points" => $$$"""{"points":[{"id":2,"vector":[1,2]}],{{{Where}}}}""",
            "delete_points" or "clear_payload" => $$$"""{"points":[1],{{{Where}}}}""",
            "set_payload" or "overwrite_payload" => $$$"""{"payload":{"a":1},"points":[1],{{{Where}}}}""",
            "delete_payload" => $$$"""{"keys":["a"],"points":[1],{{{Where}}}}""",
            "batch_update" => $$$"""{"operations":[{"delete":{"points":[9],{{{Where}}}}}]}""",
            _ => null,
        };
    }
}
