using System.Globalization;
using System.Text.RegularExpressions;
using VectorCluster.Docs.Tests.Shell;
using VectorCluster.Embedded;
using VectorCluster.Repository.Tests;

namespace VectorCluster.Docs.Tests.Sizing;

/// <summary>The guide to sizing against what shards and processes really take.</summary>
public sealed class SizingTests : IDisposable
{
    private const string Guide = "docs/guides/sizing.md";
    private const string Collection = "docs";

    /// <summary>How far off the formula may be: arrays that double are between half full and full.</summary>
    private const double Tolerance = 0.12;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string _directory = Directory.CreateTempSubdirectory("vectorcluster-sizing-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(100, 16, false, 0)]
    [InlineData(100, 16, true, 0)]
    [InlineData(33, 32, true, 12)]
    public async Task The_formula_says_what_a_shard_takes(int dimension, int m, bool hasCodes, int textId)
    {
        const int Count = 8_000;
        var settings = Settings(dimension, m, hasCodes) with
        {
            PayloadIndexes = new Dictionary<string, PayloadIndexKind>(StringComparer.Ordinal)
            {
                ["kind"] = PayloadIndexKind.Keyword,
                ["name"] = PayloadIndexKind.Keyword,
            },
        };
        await using var database = await VectorDatabase.OpenAsync(_directory);
        await database.CreateCollectionAsync(Collection, settings);
        await FillAsync(database, Count, dimension, textId);

        var shard = Assert.Single(await database.Cluster.ListShardsAsync());
        var payload = PayloadOf(10_000).ToString()!.Length;
        var expected = Count * (MemoryFormula.Point(payload, textId) + MemoryFormula.Vector(dimension, m, hasCodes)
            + MemoryFormula.FewKeys + MemoryFormula.KeyEach("point 10000".Length));
        Assert.InRange(shard.ResidentBytes / expected, 1 - Tolerance, 1 + Tolerance);
    }

    // Goal: the system's figure, not only ours. Method: a server that has loaded the shard against one that has
    // nothing, by the memory that the system says each has.
    [Fact]
    public async Task A_process_takes_what_the_formula_says_more_than_an_empty_one()
    {
        const int Count = 16_000;
        const int Dimension = 1_024;
        const double OwnBytes = 24 * 1024 * 1024; // of code that only a server with a shard runs, and its garbage
        var empty = Path.Join(_directory, "empty");
        var full = Path.Join(_directory, "full");
        await using (var database = await VectorDatabase.OpenAsync(full))
        {
            await database.CreateCollectionAsync(Collection, Settings(Dimension, m: 16, hasCodes: false));
            await FillAsync(database, Count, Dimension, textId: 0);
        }

        var (before, after) = (await ResidentBytesAsync(empty, false), await ResidentBytesAsync(full, true));

        var expected = Count
            * (MemoryFormula.Point(PayloadOf(10_000).ToString()!.Length) + MemoryFormula.Vector(Dimension, 16, false));
        Assert.InRange(after - before, 0.9 * expected, (1.15 * expected) + OwnBytes);
    }

    // Goal: the worked example of the guide is not a slip of the pen.
    [Fact]
    public void The_example_of_the_guide_is_what_the_formula_says()
    {
        var row = Regex.Match(
            Checkout.Read(Guide),
            @"^\| (?<points>[\d,]+) points, (?<dimension>[\d,]+) dimensions, M (?<m>\d+), (?<codes>no codes|codes), (?<payload>\d+) bytes of payload \| (?<each>[\d,]+) \| (?<all>[\d.]+) GB \|$",
            RegexOptions.Multiline | RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(5));
        var rows = 0;
        for (; row.Success; row = row.NextMatch(), rows++)
        {
            var each = MemoryFormula.Point((int)Of("payload"))
                + MemoryFormula.Vector((int)Of("dimension"), (int)Of("m"), row.Groups["codes"].Value == "codes");
            Assert.Equal(Of("each"), Math.Round(each));
            Assert.Equal(Of("all"), Math.Round(each * Of("points") / 1e9, 1));
        }

        Assert.True(rows >= 3, $"{Guide} has {rows} examples that can be read.");

        double Of(string name) =>
            double.Parse(row.Groups[name].Value, NumberStyles.Number, CultureInfo.InvariantCulture);
    }

    /// <summary>Of a graph that is made quickly: how good it is does not matter.</summary>
    private static CollectionSettings Settings(int dimension, int m, bool hasCodes) => new()
    {
        Vectors = new Dictionary<string, VectorSettings>(StringComparer.Ordinal)
        {
            [VectorSet.DefaultName] = new(dimension, DistanceMetric.Euclidean)
            {
                Hnsw = new() { M = m, EfConstruction = 40 },
                Quantization = hasCodes ? VectorQuantization.Bits4 : VectorQuantization.None,
            },
        },
    };

    private static Payload PayloadOf(int i) => Payload.From(new { kind = $"kind {i % 10}", name = $"point {i:00000}" });

    /// <summary>Returns once all vectors are in the graph.</summary>
    private static async Task FillAsync(VectorDatabase database, int count, int dimension, int textId)
    {
        var random = new Random(7);
        foreach (var ids in Enumerable.Range(0, count).Chunk(1_000))
            await database.UpsertAsync(new()
            {
                Collection = Collection,
                Points = [.. ids.Select(i => new Point(IdOf(i), Vector(), PayloadOf(i)))],
            });
        var startedAt = TimeProvider.System.GetTimestamp();
        while ((await database.GetCollectionAsync(Collection)).IndexedVectorCount < count)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(startedAt) < Patience, "The graph is not finished.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        PointId IdOf(int i) => textId == 0
            ? (ulong)i
            : i.ToString(CultureInfo.InvariantCulture).PadLeft(textId, '0');

        float[] Vector() => [.. Enumerable.Range(0, dimension).Select(_ => random.NextSingle())];
    }

    /// <summary>Of a server on a directory, once it has answered.</summary>
    private static async Task<long> ResidentBytesAsync(string directory, bool hasPoints)
    {
        await using var server = await ServerProcess.StartAsync(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            [
                Path.Join(AppContext.BaseDirectory, "vectorcluster.dll"), "serve", "--data", directory, "--port", "0",
            ]);
        var path = hasPoints ? $"collections/{Collection}/points/7" : "collections";
        await server.Http.GetStringAsync(new Uri(path, UriKind.Relative));
        return server.ResidentBytes;
    }
}
