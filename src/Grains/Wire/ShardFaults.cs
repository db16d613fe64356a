using VectorCluster.Client.Wire;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Grains.Wire;

/// <summary>The formats of a shard's own exceptions: the coordinator decides by their types what is safe to do
/// next.</summary>
internal static class ShardFaults
{
    public static IReadOnlyList<WireFormat> All { get; } =
    [
        WireFormat.Of<ShardClosedException>(
            160,
            static (writer, closed) => ResultWire.WriteShard(writer, closed.Shard),
            static reader => new(ResultWire.ReadShard(reader))),
        WireFormat.Of<ShardReadOnlyException>(
            161,
            static (writer, readOnly) => WriteCause(writer, readOnly.Shard, readOnly),
            static reader => new(ResultWire.ReadShard(reader), ReadCause(reader))),
        WireFormat.Of<WriteOutcomeUnknownException>(
            162,
            static (writer, unknown) => WriteCause(writer, unknown.Shard, unknown),
            static reader => new(ResultWire.ReadShard(reader), ReadCause(reader))),
        WireFormat.Of<StoreCorruptedException>(
            163,
            static (writer, damage) =>
            {
                ResultWire.WriteShard(writer, damage.Shard);
                writer.Text(damage.Where);
                writer.Text(damage.What);
            },
            static reader => new(ResultWire.ReadShard(reader), reader.Text(), reader.Text())),
        WireFormat.Of<ShardMismatchException>(
            164,
            static (writer, mismatch) => ResultWire.WriteShard(writer, mismatch.Shard),
            static reader => new(ResultWire.ReadShard(reader))),
    ];

    private static void WriteCause(WireWriter writer, ShardId shard, Exception exception)
    {
        ResultWire.WriteShard(writer, shard);
        writer.Text(exception.InnerException!.Message);
    }

    private static StoreUnavailableException ReadCause(WireReader reader) => new(reader.Text());
}
