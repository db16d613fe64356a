using System.Runtime.InteropServices;
using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Filters;
using VectorCluster.Engine.Hnsw;
using VectorCluster.Engine.Memory;
using VectorCluster.Engine.Points;
using VectorCluster.Engine.Quantization;
using VectorCluster.Engine.Vectors;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Engine.Shards;

/// <summary>All that a shard holds in memory: points, vectors, graphs, payload indexes. Log records change it; nothing
/// else does.</summary>
/// <remarks>
/// <para><see cref="Apply"/> and changes of the payload indexes run under <see cref="Gate"/>, additions to the graphs
/// under <see cref="GraphGate"/>; a checkpoint is captured under both. Readers take neither: they read as of
/// <see cref="AppliedLsn"/>.</para>
/// <para>Regions are numbered in checkpoints: points 1, blobs 2, and for the n-th vector by name 16 + 4n (vectors), + 1
/// (links of level 0), + 2 (links above) and + 3 (codes, if it has any).</para>
/// </remarks>
internal sealed partial class ShardState : IRecordTarget, IDisposable
{
    private const ushort PointsRegion = 1;
    private const ushort BlobsRegion = 2;
    private const ushort FirstVectorRegion = 16;
    private const ushort RegionsPerVector = 4;

    private readonly CollectionSettings _settings;
    private readonly InstructionSet _instructionSet;
    private readonly BlobArena _blobs;
    private PayloadIndex[] _payloadIndexes = [];
    private long _appliedLsn;
    private int _appliedCount;

    public ShardState(CollectionSettings settings, InstructionSet instructionSet)
    {
        (_settings, _instructionSet) = (settings, instructionSet);
        VectorNames = [.. settings.Vectors.OrderBy(entry => entry.Key, StringComparer.Ordinal)];
        var points = new Region(PointsRegion, 64, PointTable.RecordsPerPage);
        var blobs = new Region(BlobsRegion, BlobArena.UnitBytes, BlobArena.UnitsPerPage);
        _blobs = new(blobs);
        Points = new(points, _blobs);
        IdOrder = new(Points, () => AppliedLsn);
        var regions = new List<Region> { points, blobs };
        var indexes = new List<VectorIndex>();
        foreach (var (_, vector) in VectorNames)
        {
            var id = (ushort)(FirstVectorRegion + (RegionsPerVector * indexes.Count));
            var vectors = VectorStore.NewRegion(id, vector.Dimension, vector.OnDisk);
            var level0 = LinkStore.NewLevel0Region((ushort)(id + 1), vector.Hnsw.M);
            var upper = LinkStore.NewUpperRegion((ushort)(id + 2), vector.Hnsw.M);
            regions.AddRange([vectors, level0, upper]);
            var links = new LinkStore(level0, upper, vector.Hnsw.M);
            var store = new VectorStore(vectors, vector.Dimension);
            CodeStore? codes = null;
            if (vector.Quantization is not (VectorQuantization.None or VectorQuantization.Auto))
            {
                var width = new CodeWidth((int)vector.Quantization);
                var region = CodeStore.NewRegion((ushort)(id + 3), vector.Dimension, width);
                regions.Add(region);
                codes = new(region, vector.Dimension, width);
            }

            indexes.Add(VectorIndex.Create(store, links, codes, vector, indexes.Count, instructionSet));
        }

        foreach (var index in indexes) index.Builder.Ended = () => Points.Ended;
        Regions = regions;
        Vectors = indexes;
        SetPayloadIndexes(settings.PayloadIndexes);
    }

    /// <summary>Held by whoever changes points or payload indexes.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Held by whoever changes graphs. Taken before <see cref="Gate"/> where both are needed.</summary>
    public Lock GraphGate { get; } = new();

    public PointTable Points { get; }

    /// <summary>The places in the order of their points' ids.</summary>
    public IdOrder IdOrder { get; }

    /// <summary>Indexes of the collection's vectors, in the order of their names.</summary>
    public IReadOnlyList<VectorIndex> Vectors { get; }

    public IReadOnlyList<KeyValuePair<string, VectorSettings>> VectorNames { get; }

    public IReadOnlyList<Region> Regions { get; }

    public IReadOnlyList<PayloadIndex> PayloadIndexes => Volatile.Read(ref _payloadIndexes);

    /// <summary>LSN of the last record that readers see.</summary>
    public long AppliedLsn => Volatile.Read(ref _appliedLsn);

    /// <summary>Places that records up to <see cref="AppliedLsn"/> made. Read first, it is never ahead of
    /// that.</summary>
    public int AppliedCount => Volatile.Read(ref _appliedCount);

    /// <summary>LSN of the last record that deleted, replaced or changed a point, or may have: records up to it can
    /// hold what was erased. 0: none since the state was loaded.</summary>
    public long LastErasureLsn { get; private set; }

    public long ResidentBytes =>
        Regions.Sum(region => region.ResidentBytes)
        + Points.ManagedBytes
        + PayloadIndexes.Sum(index => index.ResidentBytes);

    public VectorIndex VectorNamed(string name)
    {
        foreach (var index in Vectors)
            if (string.Equals(VectorNames[index.MaskBit].Key, name, StringComparison.Ordinal)) return index;
        throw new InvalidRequestException(ErrorCodes.UnknownVector, $"The collection has no vector '{name}'.");
    }

    /// <summary>Applies the next record. Readers see it as a whole once it is done.</summary>
    /// <returns>Points written, changed or deleted.</returns>
    public int Apply(Lsn lsn, ReadOnlySpan<byte> record)
    {
        lock (Gate)
        {
            var reader = new WalReader(record);
            if (reader.Operation != WalOperation.Upsert) LastErasureLsn = lsn.Value;
            var changed = reader.Operation switch
            {
                WalOperation.Upsert => ApplyUpsert(lsn.Value, reader),
                WalOperation.Delete => ApplyDelete(lsn.Value, reader),
                WalOperation.ChangePayload => ApplyPayloadChange(lsn.Value, reader),
                _ => throw new NotSupportedException($"Unknown log record {reader.Operation}."),
            };
            Publish(lsn);
            return changed;
        }
    }

    /// <summary>Makes the payload indexes those of the settings: keeps what stays, fills what is new.</summary>
    public void SetPayloadIndexes(IReadOnlyDictionary<string, PayloadIndexKind> wanted)
    {
        lock (Gate)
        {
            var indexes = new List<PayloadIndex>();
            foreach (var (path, kind) in wanted)
            {
                var present = Array.Find(_payloadIndexes, index => index.Path.Text == path && index.Kind == kind);
                indexes.Add(present ?? Fill(NewIndex(PayloadPath.Parse(path), kind)));
            }

            Volatile.Write(ref _payloadIndexes, [.. indexes]);
        }
    }

    /// <summary>Takes up loaded regions: what is derived from them is made again.</summary>
    public void Restore(Lsn lsn)
    {
        Points.RebuildIdTable();
        lock (Gate)
        {
            var filled = _payloadIndexes.Select(index => Fill(NewIndex(index.Path, index.Kind)));
            Volatile.Write(ref _payloadIndexes, [.. filled]);
        }

        Publish(lsn);
    }

    public void Dispose()
    {
        foreach (var region in Regions) region.Dispose();
    }

    private void Publish(Lsn lsn)
    {
        Volatile.Write(ref _appliedLsn, lsn.Value);
        Volatile.Write(ref _appliedCount, Points.Count);
    }

    private PayloadIndex NewIndex(PayloadPath path, PayloadIndexKind kind) =>
        new(path, kind, place => Points[place].DeletedAt, () => AppliedLsn);

    private PayloadIndex Fill(PayloadIndex index)
    {
        for (var place = 0; place < Points.Count; place++)
            if (Points.IsLive(place)) index.Set(place, Points.PayloadOf(place));
        return index;
    }

    private int ApplyUpsert(long lsn, WalReader reader)
    {
        for (var i = 0; i < reader.Count; i++)
        {
            var id = reader.ReadId();
            var payload = reader.ReadBytes();
            var present = Points.Find(id);
            if (present >= 0) LastErasureLsn = lsn;
            var vectors = reader;
            if (present >= 0 && HasVectors(present, ref vectors))
            {
                // The same vectors again: the place and its links stay, so that writing twice costs no memory.
                reader = vectors;
                SetPayload(present, lsn, payload);
                continue;
            }

            var place = Points.Count;
            var mask = WriteVectors(place, ref reader);
            Retire(present);
            Points.Append(id, lsn, _blobs.Append(payload), mask);
            if (payload.IsEmpty) continue;
            foreach (var index in _payloadIndexes) index.Set(place, payload);
        }

        return reader.Count;
    }

    /// <summary>Whether a place has just the vectors that the record gives next.</summary>
    private bool HasVectors(int place, ref WalReader reader)
    {
        var mask = 0u;
        var isSame = true;
        for (var left = reader.ReadByte(); left > 0; left--)
        {
            var bit = reader.ReadByte();
            var stored = Vectors[bit].Vectors;
            var given = reader.Take(stored.Dimension * sizeof(float));
            isSame = isSame && MemoryMarshal.AsBytes(stored.Read(place)).SequenceEqual(given);
            mask |= 1u << bit;
        }

        return isSame && mask == Points[place].VectorMask;
    }

    private void SetPayload(int place, long lsn, ReadOnlySpan<byte> payload)
    {
        _touched?.Add(place);
        var isUnchanged = payload.Length <= 2
            ? Points[place].Payload == 0
            : Points.PayloadOf(place).SequenceEqual(payload);
        var reference = isUnchanged ? Points[place].Payload : payload.Length <= 2 ? 0 : _blobs.Append(payload);
        Points.SetPayload(place, lsn, reference);
        if (isUnchanged) return;
        var text = payload.IsEmpty ? "{}"u8 : payload;
        foreach (var index in _payloadIndexes) index.Set(place, text);
    }

    private uint WriteVectors(int place, ref WalReader reader)
    {
        foreach (var index in Vectors) index.Vectors.Grow(place + 1);
        var mask = 0u;
        for (var left = reader.ReadByte(); left > 0; left--)
        {
            var bit = reader.ReadByte();
            var vectors = Vectors[bit].Vectors;
            vectors.Write(place, reader.Take(vectors.Dimension * sizeof(float)));
            mask |= 1u << bit;
        }

        return mask;
    }

    private int ApplyDelete(long lsn, WalReader reader)
    {
        var deleted = 0;
        for (var i = 0; i < reader.Count; i++)
        {
            var place = Points.Find(reader.ReadId());
            if (place < 0) continue;
            Retire(place);
            Points.Delete(place, lsn);
            deleted++;
        }

        return deleted;
    }

    private int ApplyPayloadChange(long lsn, WalReader reader)
    {
        var places = new List<int>(reader.Count);
        for (var i = 0; i < reader.Count; i++)
            if (Points.Find(reader.ReadId()) is var place and >= 0) places.Add(place);
        var change = reader.ReadPayloadChange();
        foreach (var place in places)
        {
            SetPayload(place, lsn, PayloadEditor.Apply(Points.PayloadOf(place), change).Span);
        }

        return places.Count;
    }

    private void Retire(int place)
    {
        if (place < 0) return;
        _touched?.Add(place);
        foreach (var index in _payloadIndexes) index.Retire(place);
    }
}
