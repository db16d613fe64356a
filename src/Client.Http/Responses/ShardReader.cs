using System.Text.Json;

namespace VectorCluster.Client.Http;

/// <summary>Reads what answers say of shards.</summary>
internal static class ShardReader
{
    public static ShardFailure[] ReadFailures(JsonElement list) => [.. list.EnumerateArray().Select(ReadFailure)];

    public static ShardWriteOutcome[] ReadOutcomes(JsonElement list) => [.. list.EnumerateArray().Select(ReadOutcome)];

    public static ShardPlan[] ReadPlans(JsonElement list) =>
    [
        .. list.EnumerateArray().Select(item => new ShardPlan(
            ReadShard(item), item.GetProperty("plan").GetString()!, item.GetProperty("visited").GetInt64())),
    ];

    public static WriteResult ReadWriteResult(JsonElement result)
    {
        var own = result.GetProperty("vectorcluster");
        var shards = own.GetProperty("shards").EnumerateArray()
            .ToDictionary(ReadShard, shard => new Lsn(shard.GetProperty("lsn").GetInt64()));
        return new(shards, own.GetProperty("points_count").GetInt64());
    }

    private static ShardWriteOutcome ReadOutcome(JsonElement item)
    {
        var status = item.GetProperty("status").GetString() switch
        {
            "applied" => WriteStatus.Applied,
            "rejected" => WriteStatus.Rejected,
            _ => WriteStatus.Unknown,
        };
        return new(
            ReadShard(item),
            status,
            item.TryGetProperty("lsn", out var lsn) ? new Lsn(lsn.GetInt64()) : default(Lsn?),
            item.TryGetProperty("code", out _) ? ReadFailure(item) : null);
    }

    private static ShardFailure ReadFailure(JsonElement item) =>
        new(ReadShard(item), item.GetProperty("code").GetString()!, item.GetProperty("message").GetString()!);

    public static ShardId ReadShard(JsonElement item) => new(
        item.GetProperty("collection").GetString()!,
        item.GetProperty("namespace").GetString()!,
        item.GetProperty("shard").GetInt32());
}
