using System.Diagnostics;
using System.Runtime.InteropServices;
using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Hnsw;
using VectorCluster.Engine.Memory;
using VectorCluster.Engine.Quantization;
using VectorCluster.Engine.Vectors;

namespace VectorCluster.Ann.Bench;

/// <summary>Our graph alone, without the shard around it.</summary>
internal sealed unsafe class GraphContender : IContender
{
    private const int PlacesPerStep = 4096;

    private readonly AnnVectors _data;
    private readonly Region[] _regions;
    private readonly VectorIndex _index;
    private readonly SearchScratch[] _scratches;
    private readonly string _saved;

    public GraphContender(string name, AnnVectors data, VectorSettings settings)
    {
        (Name, _data) = (name, data);
        _saved = Path.Combine(data.Folder, $"{name}.pages");
        _scratches = [.. Enumerable.Range(0, AnnBench.BuildThreads).Select(_ => new SearchScratch())];
        var vectors = VectorStore.NewRegion(0, data.Dimension);
        var level0 = LinkStore.NewLevel0Region(1, settings.Hnsw.M);
        var upper = LinkStore.NewUpperRegion(2, settings.Hnsw.M);
        var hasCodes = settings.Quantization != VectorQuantization.None;
        var width = new CodeWidth((int)settings.Quantization);
        var codes = hasCodes ? CodeStore.NewRegion(3, data.Dimension, width) : null;
        _regions = codes is null ? [vectors, level0, upper] : [vectors, level0, upper, codes];
        var store = new VectorStore(vectors, data.Dimension);
        var links = new LinkStore(level0, upper, settings.Hnsw.M);
        var codeStore = codes is null ? null : new CodeStore(codes, data.Dimension, width);
        _index = VectorIndex.Create(store, links, codeStore, settings, maskBit: 0, InstructionSets.Current);
        store.Grow(data.Count);
        for (var i = 0; i < data.Count; i++) store.Write(i, MemoryMarshal.AsBytes(data.Vector(i)));
    }

    public string Name { get; }

    public Task<double> PrepareAsync(bool isReusing)
    {
        if (isReusing && File.Exists(_saved))
        {
            Load();
            return Task.FromResult(double.NaN);
        }

        var began = Stopwatch.GetTimestamp();
        for (var start = 0; start < _data.Count; start += PlacesPerStep)
        {
            var end = Math.Min(start + PlacesPerStep, _data.Count);
            _index.AddToGraph([.. Enumerable.Range(start, end - start)], end, _scratches);
        }

        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Save();
        return Task.FromResult(seconds);
    }

    public Task<long> BytesAsync() => Task.FromResult(_regions.Sum(region => region.ResidentBytes));

    public Task<double> SearchAsync(int ef, int threads, int[] found)
    {
        var next = -1;
        var began = Stopwatch.GetTimestamp();
        if (threads == 1) SearchFromQueue(_scratches[0]);
        else Parallel.For(0, threads, thread => SearchFromQueue(_scratches[thread]));
        return Task.FromResult(Stopwatch.GetElapsedTime(began).TotalSeconds);

        void SearchFromQueue(SearchScratch scratch)
        {
            for (var query = Interlocked.Increment(ref next); query < _data.Queried;)
            {
                SearchOne(query, ef, scratch, found.AsSpan(query * AnnVectors.Neighbours, AnnVectors.Neighbours));
                query = Interlocked.Increment(ref next);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        foreach (var region in _regions) region.Dispose();
        foreach (var scratch in _scratches) scratch.Dispose();
        return ValueTask.CompletedTask;
    }

    private void SearchOne(int query, int ef, SearchScratch scratch, Span<int> found)
    {
        var vector = scratch.LoadQuery(_data.Query(query).Span, _index.Settings.Metric);
        CodeWalk? walk = _index.Codes is { } codes
            ? CodeWalk.Of(codes.Width, _index.Settings, search: null, AnnVectors.Neighbours, ef)
            : null;
        _index.SearchGraph(vector, ef, walk, default(Everything), int.MaxValue, scratch);
        for (var i = 0; i < found.Length; i++) found[i] = i < scratch.Beam.Count ? scratch.Beam.PlaceAt(i) : -1;
    }

    /// <summary>The links, and where searches start; the vectors are written anew.</summary>
    private void Save()
    {
        using var writer = new BinaryWriter(File.Create(_saved));
        writer.Write(_index.EntryPoint.Place);
        writer.Write(_index.EntryPoint.Level);
        foreach (var region in _regions.AsSpan(1))
        {
            writer.Write(region.Count);
            for (var i = 0; i < region.Count; i++)
                writer.Write(new ReadOnlySpan<byte>(region.Record(i), region.RecordBytes));
        }
    }

    private void Load()
    {
        using var reader = new BinaryReader(new BufferedStream(File.OpenRead(_saved), 1 << 20));
        var entryPoint = (reader.ReadInt32(), reader.ReadInt32());
        foreach (var region in _regions.AsSpan(1))
        {
            region.Grow(reader.ReadInt32());
            for (var i = 0; i < region.Count; i++)
                reader.BaseStream.ReadExactly(new Span<byte>(region.Record(i), region.RecordBytes));
        }

        _index.Restore(_data.Count, _data.Count, entryPoint);
    }

    private readonly struct Everything : IPlaceFilter
    {
        public static bool IsSelective => false;

        public bool Accepts(int place) => true;
    }
}
