namespace VectorCluster.Client.Wire;

/// <summary>What reads and writes answer.</summary>
public static class ResultWire
{
    public static void WriteShard(WireWriter writer, ShardId shard)
    {
        writer.Text(shard.Collection);
        writer.Text(shard.Namespace);
        writer.Int64(shard.Index);
    }

    public static ShardId ReadShard(WireReader reader) => new(reader.Text(), reader.Text(), (int)reader.Int64());

    internal static void WriteFailure(WireWriter writer, ShardFailure failure)
    {
        WriteShard(writer, failure.Shard);
        writer.Text(failure.Code);
        writer.Text(failure.Message);
    }

    internal static ShardFailure ReadFailure(WireReader reader) => new(ReadShard(reader), reader.Text(), reader.Text());

    internal static void WriteOutcome(WireWriter writer, ShardWriteOutcome outcome)
    {
        WriteShard(writer, outcome.Shard);
        writer.Byte((byte)outcome.Status);
        writer.OptionalValue(outcome.Lsn, static (to, lsn) => to.Int64(lsn.Value));
        writer.Optional(outcome.Failure, WriteFailure);
    }

    internal static ShardWriteOutcome ReadOutcome(WireReader reader) => new(
        ReadShard(reader),
        (WriteStatus)reader.Byte(),
        reader.OptionalValue(static from => new Lsn(from.Int64())),
        reader.Optional(ReadFailure));

    internal static void WriteWritten(WireWriter writer, WriteResult result)
    {
        writer.List(result.Shards, static (to, shard) =>
        {
            WriteShard(to, shard.Key);
            to.Int64(shard.Value.Value);
        });
        writer.Int64(result.PointCount);
    }

    internal static WriteResult ReadWritten(WireReader reader) => new(
        new Dictionary<ShardId, Lsn>(
            reader.List(static from => KeyValuePair.Create(ReadShard(from), new Lsn(from.Int64())))),
        reader.Int64());

    internal static void WritePage(WireWriter writer, ScrollPage page)
    {
        writer.List(page.Points, PointWire.WriteStored);
        writer.OptionalValue(page.NextOffset, PointWire.WriteId);
    }

    internal static ScrollPage ReadPage(WireReader reader) =>
        new(reader.List(PointWire.ReadStored), reader.OptionalValue(PointWire.ReadId));

    internal static void WriteFound(WireWriter writer, SearchResult result)
    {
        writer.Byte((byte)result.Metric);
        writer.List(result.Hits, WriteHit);
        writer.List(result.MissingShards, WriteFailure);
        writer.List(result.Plans, static (to, plan) =>
        {
            WriteShard(to, plan.Shard);
            to.Text(plan.Plan);
            to.Int64(plan.Visited);
        });
    }

    internal static SearchResult ReadFound(WireReader reader) =>
        new((DistanceMetric)reader.Byte(), reader.List(ReadHit), reader.List(ReadFailure))
        {
            Plans = reader.List(static from => new ShardPlan(ReadShard(from), from.Text(), from.Int64())),
        };

    private static void WriteHit(WireWriter writer, Hit hit)
    {
        PointWire.WriteId(writer, hit.Id);
        writer.Single(hit.Distance);
        writer.Int64(hit.Version.Value);
        writer.Optional(hit.Payload, PointWire.WritePayload);
        writer.Optional(hit.Vectors, PointWire.WriteVectors);
    }

    private static Hit ReadHit(WireReader reader) => new(
        PointWire.ReadId(reader),
        reader.Single(),
        new(reader.Int64()),
        reader.Optional(PointWire.ReadPayload),
        reader.Optional(PointWire.ReadVectors));
}
