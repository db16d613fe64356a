using VectorCluster.Client.Wire;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Grains.Wire;

/// <summary>The formats of what silos say to each other. Their tags start at 128.</summary>
public static class ShardFormats
{
    public static IReadOnlyList<WireFormat> All { get; } =
    [
        WireFormat.Of<ShardOperation>(128, WriteOperation, ReadOperation),
        WireFormat.Of<ShardSearch>(129, WriteSearch, ReadSearch),
        WireFormat.Of<PointsByIds>(130, WriteByIds, ReadByIds),
        WireFormat.Of<PointsByPlaces>(131, WriteByPlaces, ReadByPlaces),
        WireFormat.Of<PointsInOrder>(132, WriteInOrder, ReadInOrder),
        WireFormat.Of<WriteReceipt>(140, WriteReceipt, ReadReceipt),
        WireFormat.Of<ShardHits>(141, WriteHits, ReadHits),
        WireFormat.Of<ShardPage>(142, WritePage, ReadPage),
        WireFormat.Of<ShardInfo>(143, WriteInfo, ReadInfo),
        .. ClusterFormats.All,
        .. ShardFaults.All,
    ];

    private static void WriteOperation(WireWriter writer, ShardOperation operation)
    {
        switch (operation)
        {
            case UpsertPoints upsert:
                writer.Byte(0);
                writer.List(upsert.Points, PointWire.WritePoint);
                break;
            case DeletePoints delete:
                writer.Byte(1);
                FilterWire.WriteSelector(writer, delete.Selector);
                break;
            case ChangePayload change:
                writer.Byte(2);
                FilterWire.WriteSelector(writer, change.Selector);
                RequestWire.WriteChange(writer, change.Change);
                break;
            default:
                throw new ArgumentException($"{operation.GetType()} has no wire format.", nameof(operation));
        }
    }

    private static ShardOperation ReadOperation(WireReader reader) => reader.Byte() switch
    {
        0 => new UpsertPoints(reader.List(PointWire.ReadPoint)),
        1 => new DeletePoints(FilterWire.ReadSelector(reader)),
        2 => new ChangePayload(FilterWire.ReadSelector(reader), RequestWire.ReadChange(reader)),
        _ => throw WireReader.Damaged(),
    };

    private static void WriteSearch(WireWriter writer, ShardSearch search)
    {
        writer.Text(search.VectorName);
        writer.Floats(search.Query.Span);
        writer.Int64(search.Count);
        writer.OptionalValue(search.EfSearch, static (to, value) => to.Int64(value));
        writer.Optional(search.Quantization, RequestWire.WriteQuantization);
        writer.Bool(search.Exact);
        writer.Optional(search.Filter, FilterWire.WriteFilter);
        writer.OptionalValue(search.MaxDistance, static (to, value) => to.Single(value));
        FilterWire.WritePayloadSelector(writer, search.WithPayload);
        FilterWire.WriteVectorSelector(writer, search.WithVectors);
    }

    // Members of an initializer are read in the order they are written here.
    private static ShardSearch ReadSearch(WireReader reader) => new()
    {
        VectorName = reader.Text(),
        Query = reader.Floats(),
        Count = (int)reader.Int64(),
        EfSearch = reader.OptionalValue(static from => (int)from.Int64()),
        Quantization = reader.Optional(RequestWire.ReadQuantization),
        Exact = reader.Bool(),
        Filter = reader.Optional(FilterWire.ReadFilter),
        MaxDistance = reader.OptionalValue(static from => from.Single()),
        WithPayload = FilterWire.ReadPayloadSelector(reader),
        WithVectors = FilterWire.ReadVectorSelector(reader),
    };

    private static void WriteByIds(WireWriter writer, PointsByIds wanted)
    {
        writer.List(wanted.Ids, PointWire.WriteId);
        FilterWire.WritePayloadSelector(writer, wanted.Payload);
        FilterWire.WriteVectorSelector(writer, wanted.Vectors);
    }

    private static PointsByIds ReadByIds(WireReader reader) => new(
        reader.List(PointWire.ReadId),
        FilterWire.ReadPayloadSelector(reader),
        FilterWire.ReadVectorSelector(reader));

    private static void WriteByPlaces(WireWriter writer, PointsByPlaces wanted)
    {
        writer.List(wanted.Hits, static (to, hit) =>
        {
            PointWire.WriteId(to, hit.Id);
            to.Count(hit.Place);
        });
        FilterWire.WritePayloadSelector(writer, wanted.Payload);
        FilterWire.WriteVectorSelector(writer, wanted.Vectors);
    }

    private static PointsByPlaces ReadByPlaces(WireReader reader) => new(
        reader.List(static from => new ShardPlace(PointWire.ReadId(from), from.Count())),
        FilterWire.ReadPayloadSelector(reader),
        FilterWire.ReadVectorSelector(reader));

    private static void WriteInOrder(WireWriter writer, PointsInOrder wanted)
    {
        writer.OptionalValue(wanted.From, PointWire.WriteId);
        writer.Int64(wanted.Limit);
        writer.Optional(wanted.Filter, FilterWire.WriteFilter);
        FilterWire.WritePayloadSelector(writer, wanted.Payload);
        FilterWire.WriteVectorSelector(writer, wanted.Vectors);
    }

    private static PointsInOrder ReadInOrder(WireReader reader) => new(
        reader.OptionalValue(PointWire.ReadId),
        (int)reader.Int64(),
        reader.Optional(FilterWire.ReadFilter),
        FilterWire.ReadPayloadSelector(reader),
        FilterWire.ReadVectorSelector(reader));

    private static void WriteReceipt(WireWriter writer, WriteReceipt receipt)
    {
        writer.Int64(receipt.Lsn.Value);
        writer.Int64(receipt.PointCount);
    }

    private static WriteReceipt ReadReceipt(WireReader reader) => new(new(reader.Int64()), (int)reader.Int64());

    private static void WriteHits(WireWriter writer, ShardHits found)
    {
        writer.List(found.Hits, static (to, hit) =>
        {
            PointWire.WriteId(to, hit.Id);
            to.Single(hit.Distance);
            to.Int64(hit.Version.Value);
            to.Count(hit.Place);
            to.Optional(hit.Point, PointWire.WriteStored);
        });
        writer.Byte((byte)found.Plan);
        writer.Int64(found.Visited);
    }

    private static ShardHits ReadHits(WireReader reader) => new(
        reader.List(static from => new ShardHit(
            PointWire.ReadId(from),
            from.Single(),
            new(from.Int64()),
            from.Count(),
            from.Optional(PointWire.ReadStored))),
        (SearchPlan)reader.Byte(),
        (int)reader.Int64());

    private static void WritePage(WireWriter writer, ShardPage page)
    {
        writer.List(page.Points, PointWire.WriteStored);
        writer.Bool(page.IsLast);
    }

    private static ShardPage ReadPage(WireReader reader) => new(reader.List(PointWire.ReadStored), reader.Bool());

    private static void WriteInfo(WireWriter writer, ShardInfo info)
    {
        writer.Int64(info.PointCount);
        writer.Int64(info.VectorCount);
        writer.Int64(info.IndexedVectorCount);
        writer.Int64(info.UnindexedVectorCount);
        writer.Int64(info.DeadCount);
        writer.Bool(info.IsRepairing);
        writer.Int64(info.ResidentBytes);
        writer.Int64(info.LastLsn.Value);
        writer.List(info.PayloadIndexPoints, static (to, index) =>
        {
            to.Text(index.Key);
            to.Int64(index.Value);
        });
        writer.Optional(info.CheckpointFailure, static (to, failure) => to.Text(failure));
        writer.Optional(info.RepairFailure, static (to, failure) => to.Text(failure));
    }

    private static ShardInfo ReadInfo(WireReader reader) => new(
        reader.Int64(),
        reader.Int64(),
        reader.Int64(),
        reader.Int64(),
        reader.Int64(),
        reader.Bool(),
        reader.Int64(),
        new(reader.Int64()),
        new Dictionary<string, long>(
            reader.List(static from => KeyValuePair.Create(from.Text(), from.Int64())), StringComparer.Ordinal),
        reader.Optional(static from => from.Text()),
        reader.Optional(static from => from.Text()));
}
