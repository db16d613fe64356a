using System.Runtime.InteropServices;

namespace VectorCluster.Embedded.Tests;

/// <summary>The 10,000 word vectors of samples/words-10k.</summary>
internal static class Words
{
    public const int Dimension = 100;

    private static readonly string Folder = System.IO.Path.Combine(AppContext.BaseDirectory, "words-10k");

    public static IReadOnlyList<string> Names { get; } =
        File.ReadAllLines(System.IO.Path.Combine(Folder, "words-10k.txt"));

    public static IReadOnlyList<float[]> Vectors { get; } = Read();

    private static List<float[]> Read()
    {
        const int RowBytes = sizeof(int) + (Dimension * sizeof(float));
        var bytes = File.ReadAllBytes(System.IO.Path.Combine(Folder, "words-10k.fvecs")).AsSpan();
        var vectors = new List<float[]>();
        for (var at = 0; at < bytes.Length; at += RowBytes)
            vectors.Add(
                MemoryMarshal.Cast<byte, float>(bytes.Slice(at + sizeof(int), Dimension * sizeof(float))).ToArray());
        return vectors;
    }
}
