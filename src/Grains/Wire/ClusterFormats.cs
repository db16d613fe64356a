using Orleans.Runtime;
using VectorCluster.Client.Wire;
using VectorCluster.Grains.Loads;

namespace VectorCluster.Grains.Wire;

/// <summary>The formats of what silos tell of themselves and of moves.</summary>
internal static class ClusterFormats
{
    public static IReadOnlyList<WireFormat> All { get; } =
    [
        WireFormat.Of(150, WriteLoad, ReadLoad),
        WireFormat.Of(151, WriteHoldings, ReadHoldings),
        WireFormat.Of(152, WriteCluster, ReadCluster),
        WireFormat.Of(153, WritePlaced, ReadPlaced),
        WireFormat.Of(154, WriteMove, ReadMove),
    ];

    private static void WriteLoad(WireWriter writer, SiloLoad load)
    {
        writer.Text(load.Silo.ToParsableString());
        writer.Int64(load.Number);
        writer.Text(load.Zone);
        writer.Int64(load.ResidentBytes);
        writer.Int64(load.BudgetBytes);
        writer.Count(load.ShardCount);
        writer.Double(load.CallsPerSecond);
        writer.Bool(load.IsDraining);
    }

    private static SiloLoad ReadLoad(WireReader reader) => new(
        SiloAddress.FromParsableString(reader.Text()),
        reader.Int64(),
        reader.Text(),
        reader.Int64(),
        reader.Int64(),
        reader.Count(),
        reader.Double(),
        reader.Bool());

    private static void WriteHoldings(WireWriter writer, SiloHoldings holdings)
    {
        WriteLoad(writer, holdings.Load);
        writer.List(holdings.Shards, static (to, shard) =>
        {
            ResultWire.WriteShard(to, shard.Shard);
            to.Int64(shard.Bytes);
            to.Int64(shard.PointCount);
            to.Double(shard.CallsPerSecond);
        });
    }

    private static SiloHoldings ReadHoldings(WireReader reader) => new(
        ReadLoad(reader),
        reader.List(static from =>
            new ShardLoad(ResultWire.ReadShard(from), from.Int64(), from.Int64(), from.Double())));

    private static void WriteCluster(WireWriter writer, ClusterInfo cluster)
    {
        writer.List(cluster.Silos, static (to, silo) =>
        {
            to.Text(silo.Name);
            to.Text(silo.Zone);
            to.Byte((byte)silo.State);
            to.Count(silo.ShardCount);
            to.Int64(silo.ResidentBytes);
            to.Int64(silo.BudgetBytes);
        });
        writer.Double(cluster.Imbalance);
        writer.Bool(cluster.IsBalancingSuspended);
        writer.Count(cluster.WaitingMoves);
        writer.Count(cluster.RunningMoves);
    }

    private static ClusterInfo ReadCluster(WireReader reader) => new(
        reader.List(static from => new SiloInfo(
            from.Text(), from.Text(), (SiloState)from.Byte(), from.Count(), from.Int64(), from.Int64())),
        reader.Double(),
        reader.Bool(),
        reader.Count(),
        reader.Count());

    private static void WritePlaced(WireWriter writer, PlacedShard placed)
    {
        ResultWire.WriteShard(writer, placed.Shard);
        writer.Text(placed.Silo);
        writer.Int64(placed.ResidentBytes);
        writer.Int64(placed.PointCount);
    }

    private static PlacedShard ReadPlaced(WireReader reader) =>
        new(ResultWire.ReadShard(reader), reader.Text(), reader.Int64(), reader.Int64());

    private static void WriteMove(WireWriter writer, ShardMove move)
    {
        ResultWire.WriteShard(writer, move.Shard);
        writer.Text(move.From);
        writer.Text(move.To);
        writer.Int64(move.Bytes);
        writer.Byte((byte)move.Status);
        writer.Text(move.Why);
        writer.Int64(move.StartedAt.UtcTicks);
        writer.OptionalValue(move.Took, static (to, took) => to.Int64(took.Ticks));
        writer.Optional(move.Failure, static (to, failure) => to.Text(failure));
    }

    private static ShardMove ReadMove(WireReader reader) => new(
        ResultWire.ReadShard(reader),
        reader.Text(),
        reader.Text(),
        reader.Int64(),
        (ShardMoveStatus)reader.Byte(),
        reader.Text(),
        new(reader.Int64(), TimeSpan.Zero),
        reader.OptionalValue(static from => TimeSpan.FromTicks(from.Int64())),
        reader.Optional(static from => from.Text()));
}
