namespace VectorCluster.Engine.Tests.Shards;

/// <summary>What a point takes in memory, as docs/guides/sizing.md says.</summary>
[Collection(MappedFiles.Collection)]
public sealed class PointBytesTests
{
    private const int Dimension = 100;
    private const int Padded = 112;
    private const int Count = 20_000;
    private const int M = 16;

    // Method: the sum of the guide's table, ids being numbers and payloads empty. Beyond it only what a table of ids
    // and a last page have to spare: 8 bytes a point, and a hundredth.
    [Theory]
    [InlineData(VectorQuantization.None, false, 0)]
    [InlineData(VectorQuantization.Bits4, false, 64)]
    [InlineData(VectorQuantization.Bits8, false, 128)]
    [InlineData(VectorQuantization.Bits4, true, 64)]
    public async Task A_point_takes_what_the_guide_says(VectorQuantization quantization, bool onDisk, int codeBytes)
    {
        var settings = TestShard.QuantizedSettingsOf(Dimension, DistanceMetric.Cosine, quantization);
        var vector = settings.Vectors[""] with { OnDisk = onDisk, Hnsw = new() { M = M, EfConstruction = 32 } };
        settings = settings with { Vectors = new Dictionary<string, VectorSettings> { [""] = vector } };
        await using var shard = await TestShard.OpenAsync(settings);
        var random = new Random(1);
        await shard.UpsertAsync([.. Enumerable.Range(0, Count).Select(i => new Point((ulong)i, Vector(random)))]);
        await shard.WaitUntilIndexedAsync();

        var vectorBytes = onDisk ? (2 << 20) / (double)Count : 4 * Padded; // the first blocks are no files
        var links = 8 + (8 * M) + ((8 + (4.0 * M)) / (M - 1));
        var expected = vectorBytes + codeBytes + links + 64 + 8;
        var bytes = (await shard.Shard.DescribeAsync()).ResidentBytes / (double)Count;
        Assert.InRange(bytes, 0.97 * (expected - (onDisk ? vectorBytes : 0)), (1.01 * expected) + 8);
    }

    private static float[] Vector(Random random) =>
        [.. Enumerable.Range(0, Dimension).Select(_ => random.NextSingle() - 0.5f)];
}
