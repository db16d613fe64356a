using System.Text.Json;

namespace VectorCluster.Client.Http;

/// <summary>Reads how a database lies on its silos.</summary>
internal static class ClusterReader
{
    public static ClusterInfo ReadCluster(JsonElement result) => new(
        [.. result.GetProperty("silos").EnumerateArray().Select(ReadSilo)],
        result.GetProperty("imbalance").GetDouble(),
        result.GetProperty("balancing_suspended").GetBoolean(),
        result.GetProperty("waiting_moves").GetInt32(),
        result.GetProperty("running_moves").GetInt32());

    public static IReadOnlyList<PlacedShard> ReadShards(JsonElement result) =>
    [
        .. result.GetProperty("shards").EnumerateArray().Select(item => new PlacedShard(
            ShardReader.ReadShard(item),
            item.GetProperty("silo").GetString()!,
            item.GetProperty("resident_bytes").GetInt64(),
            item.GetProperty("points_count").GetInt64())),
    ];

    public static IReadOnlyList<ShardMove> ReadMoves(JsonElement result) =>
        [.. result.GetProperty("moves").EnumerateArray().Select(ReadMove)];

    public static ShardMove ReadMove(JsonElement item) => new(
        ShardReader.ReadShard(item),
        item.GetProperty("from").GetString()!,
        item.GetProperty("to").GetString()!,
        item.GetProperty("bytes").GetInt64(),
        ReadStatus(item.GetProperty("status").GetString()),
        item.GetProperty("why").GetString()!,
        item.GetProperty("started_at").GetDateTimeOffset(),
        item.TryGetProperty("took_seconds", out var took) ? TimeSpan.FromSeconds(took.GetDouble()) : null,
        item.TryGetProperty("failure", out var failure) ? failure.GetString() : null);

    private static SiloInfo ReadSilo(JsonElement item) => new(
        item.GetProperty("name").GetString()!,
        item.GetProperty("zone").GetString()!,
        item.GetProperty("state").GetString() == "draining" ? SiloState.Draining : SiloState.Serving,
        item.GetProperty("shards_count").GetInt32(),
        item.GetProperty("resident_bytes").GetInt64(),
        item.GetProperty("budget_bytes").GetInt64());

    private static ShardMoveStatus ReadStatus(string? status) => status switch
    {
        "waiting" => ShardMoveStatus.Waiting,
        "warming" => ShardMoveStatus.Warming,
        "switching" => ShardMoveStatus.Switching,
        "done" => ShardMoveStatus.Done,
        _ => ShardMoveStatus.Failed,
    };
}
