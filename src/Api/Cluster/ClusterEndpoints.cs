namespace VectorCluster.Api;

/// <summary>Silos, shards in memory and their moves, for operators.</summary>
internal static class ClusterEndpoints
{
    private const int DefaultShards = 1_000;
    private const int MaxShards = 100_000;
    private const string Pattern = "/v1/cluster";

    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        new("GET", Pattern, ApiRouteKind.Operation, "get_cluster", RouteAccess.ReadServer, GetAsync),
        new(
            "GET", Pattern + "/shards", ApiRouteKind.Operation, "list_cluster_shards",
            RouteAccess.ReadServer, ListShardsAsync),
        new("GET", Pattern + "/moves", ApiRouteKind.Operation, "list_moves", RouteAccess.ReadServer, ListMovesAsync),
        new("POST", Pattern + "/moves", ApiRouteKind.Operation, "move_shard", RouteAccess.AdminServer, MoveAsync),
        new("POST", Pattern + "/drain", ApiRouteKind.Operation, "drain_silo", RouteAccess.AdminServer, DrainAsync),
        new(
            "POST", Pattern + "/balancing", ApiRouteKind.Operation, "set_balancing",
            RouteAccess.AdminServer, SetBalancingAsync),
    ];

    private static async Task GetAsync(ApiCall call)
    {
        var cluster = await call.Cluster.GetClusterAsync(call.Aborted);
        await call.AnswerAsync(json => ClusterJson.WriteCluster(json, cluster));
    }

    private static async Task ListShardsAsync(ApiCall call)
    {
        var limit = call.QueryNumber("limit", 1, MaxShards) ?? DefaultShards;
        var shards = await call.Cluster.ListShardsAsync(call.QueryText("collection"), limit, call.Aborted);
        await call.AnswerAsync(async answer =>
        {
            answer.Json.WriteStartObject();
            answer.Json.WriteStartArray("shards");
            foreach (var shard in shards)
            {
                ClusterJson.WritePlaced(answer.Json, shard);
                await answer.FlushIfLargeAsync(call.Aborted);
            }

            answer.Json.WriteEndArray();
            answer.Json.WriteEndObject();
        });
    }

    private static async Task ListMovesAsync(ApiCall call)
    {
        var moves = await call.Cluster.ListMovesAsync(call.Aborted);
        await call.AnswerAsync(json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("moves");
            foreach (var move in moves) ClusterJson.WriteMove(json, move);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static async Task MoveAsync(ApiCall call)
    {
        var body = await call.ReadBodyAsync();
        body.AllowOnly("collection", "namespace", "shard", "to");
        var shard = new ShardId(
            body.Require("collection").AsString(),
            body.Find("namespace")?.AsString() ?? "",
            body.Require("shard").AsInt32(0, int.MaxValue));
        var move = await call.Cluster.MoveShardAsync(shard, body.Require("to").AsString(), call.Aborted);
        await call.AnswerAsync(json => ClusterJson.WriteMove(json, move));
    }

    private static async Task DrainAsync(ApiCall call)
    {
        var body = await call.ReadBodyAsync();
        body.AllowOnly("silo");
        await call.Cluster.DrainAsync(body.Require("silo").AsString(), call.Aborted);
        await call.AnswerAsync(json => json.WriteBooleanValue(value: true));
    }

    private static async Task SetBalancingAsync(ApiCall call)
    {
        var body = await call.ReadBodyAsync();
        body.AllowOnly("suspended");
        await call.Cluster.SuspendBalancingAsync(body.Require("suspended").AsBool(), call.Aborted);
        await call.AnswerAsync(json => json.WriteBooleanValue(value: true));
    }
}
