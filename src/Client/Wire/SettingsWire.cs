namespace VectorCluster.Client.Wire;

/// <summary>Settings and states of collections. Members of an initializer are read in the order they are
/// written.</summary>
internal static class SettingsWire
{
    public static void WriteSettings(WireWriter writer, CollectionSettings settings)
    {
        writer.List(settings.Vectors, WriteVector);
        writer.Int64(settings.ShardCount);
        writer.List(settings.PayloadIndexes, static (to, index) =>
        {
            to.Text(index.Key);
            to.Byte((byte)index.Value);
        });
    }

    public static CollectionSettings ReadSettings(WireReader reader) => new()
    {
        Vectors = new Dictionary<string, VectorSettings>(reader.List(ReadVector), StringComparer.Ordinal),
        ShardCount = (int)reader.Int64(),
        PayloadIndexes = new Dictionary<string, PayloadIndexKind>(
            reader.List(static from => KeyValuePair.Create(from.Text(), (PayloadIndexKind)from.Byte())),
            StringComparer.Ordinal),
    };

    public static void WriteCollection(WireWriter writer, CollectionInfo info)
    {
        writer.Text(info.Name);
        WriteSettings(writer, info.Settings);
        writer.Byte((byte)info.Status);
        writer.Int64(info.PointCount);
        writer.Int64(info.VectorCount);
        writer.Int64(info.IndexedVectorCount);
        writer.Int64(info.NamespaceCount);
        writer.Int64(info.ShardCount);
        writer.List(info.PayloadIndexPoints, WriteTally);
        writer.List(info.Failures, ResultWire.WriteFailure);
    }

    public static CollectionInfo ReadCollection(WireReader reader) => new(
        reader.Text(),
        ReadSettings(reader),
        (CollectionStatus)reader.Byte(),
        reader.Int64(),
        reader.Int64(),
        reader.Int64(),
        (int)reader.Int64(),
        (int)reader.Int64(),
        new Dictionary<string, long>(reader.List(ReadTally), StringComparer.Ordinal),
        reader.List(ResultWire.ReadFailure));

    public static void WriteNamespace(WireWriter writer, NamespaceInfo info)
    {
        writer.Text(info.Collection);
        writer.Text(info.Name);
        writer.Int64(info.ShardCount);
        writer.Int64(info.PointCount);
    }

    public static NamespaceInfo ReadNamespace(WireReader reader) =>
        new(reader.Text(), reader.Text(), (int)reader.Int64(), reader.Int64());

    public static void WriteStatus(WireWriter writer, DatabaseStatus status)
    {
        writer.Bool(status.IsReady);
        writer.List(status.WaitingFor, static (to, what) => to.Text(what));
        writer.List(status.Failures, ResultWire.WriteFailure);
    }

    public static DatabaseStatus ReadStatus(WireReader reader) => new(
        reader.Bool(), reader.List(static from => from.Text()), reader.List(ResultWire.ReadFailure));

    private static void WriteVector(WireWriter writer, KeyValuePair<string, VectorSettings> vector)
    {
        writer.Text(vector.Key);
        writer.Int64(vector.Value.Dimension);
        writer.Byte((byte)vector.Value.Metric);
        var hnsw = vector.Value.Hnsw;
        foreach (var option in (int[])[hnsw.M, hnsw.EfConstruction, hnsw.EfSearch, hnsw.ExactScanThreshold])
            writer.Int64(option);
        writer.Bool(vector.Value.OnDisk);
        writer.Byte((byte)vector.Value.Quantization);
        writer.OptionalValue(vector.Value.Rescore, static (to, value) => to.Bool(value));
        writer.OptionalValue(vector.Value.Oversampling, static (to, value) => to.Double(value));
    }

    private static KeyValuePair<string, VectorSettings> ReadVector(WireReader reader) => new(
        reader.Text(),
        new((int)reader.Int64(), (DistanceMetric)reader.Byte())
        {
            Hnsw = new()
            {
                M = (int)reader.Int64(),
                EfConstruction = (int)reader.Int64(),
                EfSearch = (int)reader.Int64(),
                ExactScanThreshold = (int)reader.Int64(),
            },
            OnDisk = reader.Bool(),
            Quantization = (VectorQuantization)reader.Byte(),
            Rescore = reader.OptionalValue(static from => from.Bool()),
            Oversampling = reader.OptionalValue(static from => from.Double()),
        });

    private static void WriteTally(WireWriter writer, KeyValuePair<string, long> tally)
    {
        writer.Text(tally.Key);
        writer.Int64(tally.Value);
    }

    private static KeyValuePair<string, long> ReadTally(WireReader reader) => new(reader.Text(), reader.Int64());
}
