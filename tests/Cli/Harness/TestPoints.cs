using System.Runtime.InteropServices;
using System.Text;

namespace VectorCluster.Cli.Tests;

/// <summary>Points whose vectors and payloads follow from the seed and the id, and files of them.</summary>
internal static class TestPoints
{
    public static float[][] Vectors(int seed, int count, int dimension, int clusters = 16)
    {
        var random = new Random(seed);
        var centres = new float[clusters][];
        for (var i = 0; i < clusters; i++) centres[i] = Vector(random, dimension, scale: 1);
        var vectors = new float[count][];
        for (var i = 0; i < count; i++)
        {
            vectors[i] = Vector(random, dimension, scale: 0.3f);
            var centre = centres[random.Next(clusters)];
            for (var j = 0; j < dimension; j++) vectors[i][j] += centre[j];
        }

        return vectors;
    }

    public static Payload PayloadOf(int id) => Payload.From(new { number = id, text = $"point {id}" });

    public static string WriteJsonLines(this TemporaryFolder folder, float[][] vectors)
    {
        var lines = new StringBuilder();
        for (var i = 0; i < vectors.Length; i++)
            lines.Append(
                $"{{\"id\": {i}, \"vector\": [{string.Join(", ", vectors[i])}], \"payload\": {PayloadOf(i)}}}\n");
        return folder.Write("points.jsonl", lines.ToString());
    }

    public static string WriteFvecs(this TemporaryFolder folder, float[][] vectors)
    {
        var path = folder.PathOf("points.fvecs");
        using var file = File.Create(path);
        foreach (var vector in vectors)
        {
            file.Write(BitConverter.GetBytes(vector.Length));
            file.Write(MemoryMarshal.AsBytes(vector.AsSpan()));
        }

        return path;
    }

    /// <summary>As numpy.save writes it: version 1.0, the header padded to 64 bytes.</summary>
    public static string WriteNpy(this TemporaryFolder folder, float[][] vectors)
    {
        var path = folder.PathOf("points.npy");
        var shape = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({vectors.Length}, {vectors[0].Length}), }}";
        var padding = 64 - ((10 + shape.Length + 1) % 64);
        var header = shape + new string(' ', padding) + "\n";
        using var file = File.Create(path);
        file.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0]);
        file.Write(BitConverter.GetBytes((ushort)header.Length));
        file.Write(Encoding.ASCII.GetBytes(header));
        foreach (var vector in vectors) file.Write(MemoryMarshal.AsBytes(vector.AsSpan()));
        return path;
    }

    private static float[] Vector(Random random, int dimension, float scale)
    {
        var vector = new float[dimension];
        for (var i = 0; i < dimension; i++) vector[i] = scale * ((2 * random.NextSingle()) - 1);
        return vector;
    }
}
