namespace VectorCluster.Client.Wire;

/// <summary>Requests. Members of an initializer are read in the order they are written.</summary>
public static class RequestWire
{
    public static void WriteChange(WireWriter writer, PayloadChange change)
    {
        switch (change)
        {
            case SetPayload set:
                writer.Byte(0);
                PointWire.WritePayload(writer, set.Values);
                writer.Optional(set.Key, FilterWire.WritePath);
                break;
            case OverwritePayload overwrite:
                writer.Byte(1);
                PointWire.WritePayload(writer, overwrite.Values);
                break;
            case DeletePayloadKeys delete:
                writer.Byte(2);
                writer.List(delete.Keys, FilterWire.WritePath);
                break;
            case ClearPayload:
                writer.Byte(3);
                break;
            default:
                throw new ArgumentException($"{change.GetType()} has no wire format.", nameof(change));
        }
    }

    public static PayloadChange ReadChange(WireReader reader) => reader.Byte() switch
    {
        0 => new SetPayload(PointWire.ReadPayload(reader), reader.Optional(FilterWire.ReadPath)),
        1 => new OverwritePayload(PointWire.ReadPayload(reader)),
        2 => new DeletePayloadKeys(reader.List(FilterWire.ReadPath)),
        3 => new ClearPayload(),
        _ => throw WireReader.Damaged(),
    };

    public static void WriteQuantization(WireWriter writer, QuantizationSearch quantization)
    {
        writer.Bool(quantization.Ignore);
        writer.OptionalValue(quantization.Rescore, static (to, value) => to.Bool(value));
        writer.OptionalValue(quantization.Oversampling, static (to, value) => to.Double(value));
    }

    public static QuantizationSearch ReadQuantization(WireReader reader) => new()
    {
        Ignore = reader.Bool(),
        Rescore = reader.OptionalValue(static from => from.Bool()),
        Oversampling = reader.OptionalValue(static from => from.Double()),
    };

    internal static void WriteUpsert(WireWriter writer, UpsertRequest request)
    {
        writer.Text(request.Collection);
        writer.Text(request.Namespace);
        writer.List(request.Points, PointWire.WritePoint);
    }

    internal static UpsertRequest ReadUpsert(WireReader reader) => new()
    {
        Collection = reader.Text(),
        Namespace = reader.Text(),
        Points = reader.List(PointWire.ReadPoint),
    };

    internal static void WriteDelete(WireWriter writer, DeleteRequest request)
    {
        writer.Text(request.Collection);
        writer.Text(request.Namespace);
        FilterWire.WriteSelector(writer, request.Selector);
    }

    internal static DeleteRequest ReadDelete(WireReader reader) => new()
    {
        Collection = reader.Text(),
        Namespace = reader.Text(),
        Selector = FilterWire.ReadSelector(reader),
    };

    internal static void WritePayloadRequest(WireWriter writer, PayloadRequest request)
    {
        writer.Text(request.Collection);
        writer.Text(request.Namespace);
        FilterWire.WriteSelector(writer, request.Selector);
        WriteChange(writer, request.Change);
    }

    internal static PayloadRequest ReadPayloadRequest(WireReader reader) => new()
    {
        Collection = reader.Text(),
        Namespace = reader.Text(),
        Selector = FilterWire.ReadSelector(reader),
        Change = ReadChange(reader),
    };

    internal static void WriteGet(WireWriter writer, GetPointsRequest request)
    {
        WriteRead(writer, request);
        writer.List(request.Ids, PointWire.WriteId);
        FilterWire.WritePayloadSelector(writer, request.WithPayload);
        FilterWire.WriteVectorSelector(writer, request.WithVectors);
    }

    internal static GetPointsRequest ReadGet(WireReader reader) => new()
    {
        Collection = reader.Text(),
        Namespace = reader.Text(),
        Timeout = reader.OptionalValue(ReadTimeout),
        Ids = reader.List(PointWire.ReadId),
        WithPayload = FilterWire.ReadPayloadSelector(reader),
        WithVectors = FilterWire.ReadVectorSelector(reader),
    };

    internal static void WriteScroll(WireWriter writer, ScrollRequest request)
    {
        WriteRead(writer, request);
        writer.OptionalValue(request.Offset, PointWire.WriteId);
        writer.Int64(request.Limit);
        writer.Optional(request.Filter, FilterWire.WriteFilter);
        FilterWire.WritePayloadSelector(writer, request.WithPayload);
        FilterWire.WriteVectorSelector(writer, request.WithVectors);
    }

    internal static ScrollRequest ReadScroll(WireReader reader) => new()
    {
        Collection = reader.Text(),
        Namespace = reader.Text(),
        Timeout = reader.OptionalValue(ReadTimeout),
        Offset = reader.OptionalValue(PointWire.ReadId),
        Limit = (int)reader.Int64(),
        Filter = reader.Optional(FilterWire.ReadFilter),
        WithPayload = FilterWire.ReadPayloadSelector(reader),
        WithVectors = FilterWire.ReadVectorSelector(reader),
    };

    internal static void WriteCount(WireWriter writer, CountRequest request)
    {
        WriteRead(writer, request);
        writer.Optional(request.Filter, FilterWire.WriteFilter);
    }

    internal static CountRequest ReadCount(WireReader reader) => new()
    {
        Collection = reader.Text(),
        Namespace = reader.Text(),
        Timeout = reader.OptionalValue(ReadTimeout),
        Filter = reader.Optional(FilterWire.ReadFilter),
    };

    internal static void WriteSearch(WireWriter writer, SearchRequest request)
    {
        WriteRead(writer, request);
        WriteQuery(writer, request.Query);
        writer.Text(request.VectorName);
        writer.Int64(request.Limit);
        writer.Int64(request.Offset);
        writer.Optional(request.Filter, FilterWire.WriteFilter);
        writer.OptionalValue(request.EfSearch, static (to, value) => to.Int64(value));
        writer.Optional(request.Quantization, WriteQuantization);
        writer.Bool(request.Exact);
        writer.OptionalValue(request.MaxDistance, static (to, value) => to.Single(value));
        writer.Bool(request.AllowPartial);
        writer.Bool(request.Explain);
        FilterWire.WritePayloadSelector(writer, request.WithPayload);
        FilterWire.WriteVectorSelector(writer, request.WithVectors);
    }

    internal static SearchRequest ReadSearch(WireReader reader) => new()
    {
        Collection = reader.Text(),
        Namespace = reader.Text(),
        Timeout = reader.OptionalValue(ReadTimeout),
        Query = ReadQuery(reader),
        VectorName = reader.Text(),
        Limit = (int)reader.Int64(),
        Offset = (int)reader.Int64(),
        Filter = reader.Optional(FilterWire.ReadFilter),
        EfSearch = reader.OptionalValue(static from => (int)from.Int64()),
        Quantization = reader.Optional(ReadQuantization),
        Exact = reader.Bool(),
        MaxDistance = reader.OptionalValue(static from => from.Single()),
        AllowPartial = reader.Bool(),
        Explain = reader.Bool(),
        WithPayload = FilterWire.ReadPayloadSelector(reader),
        WithVectors = FilterWire.ReadVectorSelector(reader),
    };

    private static void WriteRead(WireWriter writer, ReadRequest request)
    {
        writer.Text(request.Collection);
        writer.Text(request.Namespace);
        writer.OptionalValue(request.Timeout, static (to, timeout) => to.Int64(timeout.Ticks));
    }

    private static TimeSpan ReadTimeout(WireReader reader) => new(reader.Int64());

    private static void WriteQuery(WireWriter writer, Query query)
    {
        writer.Bool(query is NearestQuery);
        if (query is NearestQuery nearest)
        {
            WriteQueryVector(writer, nearest.Vector);
            return;
        }

        var recommend = (RecommendQuery)query;
        writer.List(recommend.Positive, WriteQueryVector);
        writer.List(recommend.Negative, WriteQueryVector);
    }

    private static Query ReadQuery(WireReader reader) => reader.Bool()
        ? new NearestQuery(ReadQueryVector(reader))
        : new RecommendQuery(reader.List(ReadQueryVector), reader.List(ReadQueryVector));

    private static void WriteQueryVector(WireWriter writer, QueryVector vector)
    {
        writer.OptionalValue(vector.Id, PointWire.WriteId);
        if (vector.Id is null) writer.Floats(vector.Values.Span);
    }

    private static QueryVector ReadQueryVector(WireReader reader) =>
        reader.OptionalValue(PointWire.ReadId) is { } id ? QueryVector.OfPoint(id) : QueryVector.Of(reader.Floats());
}
