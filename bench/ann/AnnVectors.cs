using System.Runtime.InteropServices;
using VectorCluster.Engine.Distance;

namespace VectorCluster.Ann.Bench;

/// <summary>Vectors to index, queries that are not among them, and each query's true nearest.</summary>
/// <param name="Base">float32[Count][Dimension], of length 1.</param>
/// <param name="Truth">int32[queries][<see cref="Neighbours"/>], nearest first.</param>
/// <param name="Folder">Has base.f32 and queries.f32: the same vectors, for peers.</param>
internal sealed record AnnVectors(float[] Base, float[] Queries, int Dimension, int[] Truth, string Folder)
{
    public const int Neighbours = 10;
    /// <summary>Words of the GloVe package that are not held out as queries.</summary>
    public const int AllWords = 340_000;

    private const int QueryCount = 1_000;
    private const int Seed = 5;
    private const int ClusteredDimension = 768;

    public int Count => (int)(Base.LongLength / Dimension);

    public int Queried => Queries.Length / Dimension;

    /// <summary>Makes them, or takes them from the cache.</summary>
    public static AnnVectors Load(AnnArguments arguments)
    {
        var folder = Path.Combine(arguments.Cache, $"{arguments.Data}-{arguments.Count}");
        Directory.CreateDirectory(folder);
        var files = (Base: Path.Combine(folder, "base.f32"), Queries: Path.Combine(folder, "queries.f32"));
        var truth = Path.Combine(folder, "truth.i32");
        if (!File.Exists(truth))
        {
            var (all, dimension) = arguments.Data == "glove"
                ? ReadFvecs(arguments.Source, arguments.Count + QueryCount)
                : (new ClusteredVectors(ClusteredDimension, Seed).Make(arguments.Count + QueryCount),
                    ClusteredDimension);
            for (var at = 0L; at < all.LongLength; at += dimension)
                Normalization.Normalize(MemoryMarshal.CreateSpan(ref all[at], dimension));
            var (points, queries) = HoldOut(all, dimension);
            Write(files.Base, points);
            Write(files.Queries, queries);
            File.WriteAllBytes(truth, MemoryMarshal.AsBytes(GroundTruth.Find(points, queries, dimension)).ToArray());
        }

        var found = MemoryMarshal.Cast<byte, int>(File.ReadAllBytes(truth)).ToArray();
        var read = (Base: Read(files.Base), Queries: Read(files.Queries));
        return new(read.Base, read.Queries, read.Queries.Length / (found.Length / Neighbours), found, folder);
    }

    public ReadOnlySpan<float> Vector(int place) =>
        MemoryMarshal.CreateReadOnlySpan(ref Base[(long)place * Dimension], Dimension);

    public ReadOnlyMemory<float> Query(int query) => Queries.AsMemory(query * Dimension, Dimension);

    /// <returns>The share of the true nearest that was found.</returns>
    public double Recall(ReadOnlySpan<int> found)
    {
        var hits = 0;
        for (var query = 0; query < Queried; query++)
        {
            var wanted = Truth.AsSpan(query * Neighbours, Neighbours);
            foreach (var place in found.Slice(query * Neighbours, Neighbours))
                if (wanted.Contains(place)) hits++;
        }

        return (double)hits / Truth.Length;
    }

    /// <summary>Takes queries out from all over the vectors, so that common and rare words are asked for.</summary>
    private static (float[] Base, float[] Queries) HoldOut(float[] all, int dimension)
    {
        var count = (int)(all.LongLength / dimension);
        var numbers = Enumerable.Range(0, count).ToArray();
        new Random(Seed).Shuffle(numbers);
        var held = numbers.Take(QueryCount).ToHashSet();
        var (points, queries) = (new float[(long)(count - QueryCount) * dimension], new float[QueryCount * dimension]);
        var (point, query) = (0L, 0L);
        for (var i = 0; i < count; i++)
        {
            var isHeld = held.Contains(i);
            Array.Copy(all, (long)i * dimension, isHeld ? queries : points, isHeld ? query : point, dimension);
            if (isHeld) query += dimension;
            else point += dimension;
        }

        return (points, queries);
    }

    private static (float[] Vectors, int Dimension) ReadFvecs(string path, int count)
    {
        using var reader = new BinaryReader(new BufferedStream(File.OpenRead(path), 1 << 20));
        var dimension = reader.ReadInt32();
        var vectors = new float[(long)count * dimension];
        for (var i = 0; i < count; i++)
        {
            if (i > 0) reader.ReadInt32();
            reader.BaseStream.ReadExactly(
                MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref vectors[(long)i * dimension], dimension)));
        }

        return (vectors, dimension);
    }

    private static float[] Read(string path)
    {
        using var file = File.OpenRead(path);
        var floats = new float[file.Length / sizeof(float)];
        for (var at = 0L; at < floats.LongLength; at += 1 << 20)
        {
            var part = (int)Math.Min(1 << 20, floats.LongLength - at);
            file.ReadExactly(MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref floats[at], part)));
        }

        return floats;
    }

    private static void Write(string path, float[] floats)
    {
        using var file = File.Create(path);
        for (var at = 0L; at < floats.LongLength; at += 1 << 20)
        {
            var part = (int)Math.Min(1 << 20, floats.LongLength - at);
            file.Write(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(ref floats[at], part)));
        }
    }
}
