using System.Text.Json;

namespace VectorCluster.Api;

/// <summary>How a database lies on its silos, as JSON of our own.</summary>
internal static class ClusterJson
{
    public static void WriteCluster(Utf8JsonWriter json, ClusterInfo cluster)
    {
        json.WriteStartObject();
        json.WriteStartArray("silos");
        foreach (var silo in cluster.Silos) WriteSilo(json, silo);
        json.WriteEndArray();
        json.WriteNumber("imbalance", cluster.Imbalance);
        json.WriteBoolean("balancing_suspended", cluster.IsBalancingSuspended);
        json.WriteNumber("waiting_moves", cluster.WaitingMoves);
        json.WriteNumber("running_moves", cluster.RunningMoves);
        json.WriteEndObject();
    }

    public static void WritePlaced(Utf8JsonWriter json, PlacedShard placed)
    {
        json.WriteStartObject();
        ShardJson.WriteShard(json, placed.Shard);
        json.WriteString("silo", placed.Silo);
        json.WriteNumber("resident_bytes", placed.ResidentBytes);
        json.WriteNumber("points_count", placed.PointCount);
        json.WriteEndObject();
    }

    public static void WriteMove(Utf8JsonWriter json, ShardMove move)
    {
        json.WriteStartObject();
        ShardJson.WriteShard(json, move.Shard);
        json.WriteString("from", move.From);
        json.WriteString("to", move.To);
        json.WriteNumber("bytes", move.Bytes);
        json.WriteString("status", NameOf(move.Status));
        json.WriteString("why", move.Why);
        json.WriteString("started_at", move.StartedAt);
        if (move.Took is { } took) json.WriteNumber("took_seconds", took.TotalSeconds);
        if (move.Failure is { } failure) json.WriteString("failure", failure);
        json.WriteEndObject();
    }

    private static void WriteSilo(Utf8JsonWriter json, SiloInfo silo)
    {
        json.WriteStartObject();
        json.WriteString("name", silo.Name);
        json.WriteString("zone", silo.Zone);
        json.WriteString("state", silo.State == SiloState.Draining ? "draining" : "serving");
        json.WriteNumber("shards_count", silo.ShardCount);
        json.WriteNumber("resident_bytes", silo.ResidentBytes);
        json.WriteNumber("budget_bytes", silo.BudgetBytes);
        json.WriteEndObject();
    }

    private static string NameOf(ShardMoveStatus status) => status switch
    {
        ShardMoveStatus.Waiting => "waiting",
        ShardMoveStatus.Warming => "warming",
        ShardMoveStatus.Switching => "switching",
        ShardMoveStatus.Done => "done",
        _ => "failed",
    };
}
