using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace VectorCluster.Cluster.Bench;

/// <summary>Vectors to load, and others to ask for, which are not among them.</summary>
internal sealed record Words(IReadOnlyList<float[]> Vectors, IReadOnlyList<float[]> Queries)
{
    public int Dimension => Queries[0].Length;

    /// <summary>The points to load: a vector's place is its id.</summary>
    public IEnumerable<Point> Points => Vectors.Select((vector, i) => new Point((PointId)(ulong)i, vector));

    /// <param name="path">An .fvecs file: per row an int32 dimension and so many float32, little-endian.</param>
    /// <param name="seed">Decides which rows become queries.</param>
    public static Words Read(string path, int queries, int seed)
    {
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        var rowBytes = sizeof(int) + (BinaryPrimitives.ReadInt32LittleEndian(bytes) * sizeof(float));
        var rows = new float[bytes.Length / rowBytes][];
        for (var i = 0; i < rows.Length; i++)
        {
            var row = bytes.Slice(i * rowBytes, rowBytes);
            rows[i] = MemoryMarshal.Cast<byte, float>(row[sizeof(int)..]).ToArray();
        }

        new Random(seed).Shuffle(rows);
        return new(rows[queries..], rows[..queries]);
    }
}
