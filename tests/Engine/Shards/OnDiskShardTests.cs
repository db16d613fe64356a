using System.Globalization;
using VectorCluster.Engine.Memory;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Engine.Tests.Shards;

/// <summary>Tests that map files, or look at all that this process has mapped, run one after the other.</summary>
internal static class MappedFiles
{
    public const string Collection = "mapped files";
}

/// <summary>A test that looks at what this process has mapped.</summary>
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "Only Linux shows a process its own mappings.";
    }
}

/// <summary>A shard whose vectors lie in mapped files.</summary>
[Collection(MappedFiles.Collection)]
public sealed class OnDiskShardTests
{
    private const int Dimension = 256;
    private const int Count = 5_000; // 5 MiB of vectors: some blocks are files, the first ones plain memory
    private const long VectorBytes = (long)Count * Dimension * sizeof(float);

    private static readonly CollectionSettings OnDisk = SettingsOf(onDisk: true);

    /// <summary>A tenth of the places makes a repair due; no quiet moment is waited for.</summary>
    private static readonly ShardOptions RepairAtOnce = new() { RepairPlaces = 1 };

    // Goal: where vectors lie changes no answer, also after restarts; nor does changing one's mind. Method: the same
    // points in memory as the oracle, by exact search.
    [Fact]
    public async Task Vectors_on_disk_are_found_as_those_in_memory_also_when_reopened()
    {
        await using var plain = await OpenAsync(SettingsOf(onDisk: false));
        await using var mapped = await OpenAsync(OnDisk);
        await AssertEqualAsync(plain, mapped);
        await mapped.ReopenAsync();
        await AssertEqualAsync(plain, mapped);
        await mapped.Shard.WriteAsync(new DeletePoints(PointSelector.ByIds([1, 2, 3])));
        await plain.Shard.WriteAsync(new DeletePoints(PointSelector.ByIds([1, 2, 3])));
        mapped.Settings = SettingsOf(onDisk: false);
        await mapped.ReopenAsync();
        await AssertEqualAsync(plain, mapped);
    }

    [Fact]
    public async Task Vectors_on_disk_do_not_count_as_memory()
    {
        await using var plain = await OpenAsync(SettingsOf(onDisk: false));
        await using var mapped = await OpenAsync(OnDisk);
        var saved = await BytesOf(plain) - await BytesOf(mapped);
        Assert.InRange(saved, VectorBytes - (1 << 20), VectorBytes + (1 << 20));

        static async Task<long> BytesOf(TestShard shard) => (await shard.Shard.DescribeAsync()).ResidentBytes;
    }

    // Goal: the vectors are in files, the files have no name and go with the shard. Method: what this process has
    // mapped.
    [LinuxFact]
    public async Task Mapped_files_have_no_name_and_go_when_the_shard_closes()
    {
        var before = MappedBytes();
        await using (await OpenAsync(OnDisk))
        {
            Assert.True(MappedBytes() - before >= VectorBytes - (1 << 20));
        }

        Assert.Equal(before, MappedBytes());
    }

    // Goal: a repaired shard has its vectors in files of its own, and those of the shard before are gone. Method: what
    // stays fits files that are much smaller; a shard in memory is the oracle.
    [LinuxFact]
    public async Task Repair_gives_the_shard_smaller_files_and_the_same_answers()
    {
        var before = MappedBytes();
        await using var plain = await OpenAsync(SettingsOf(onDisk: false));
        await using (var mapped = await OpenAsync(OnDisk, RepairAtOnce))
        {
            var full = MappedBytes() - before;
            await DeleteAsync(plain, 0, Count / 2);
            await DeleteAsync(mapped, 0, Count / 2);
            await mapped.WaitUntilRepairedAsync();
            await AssertEqualAsync(plain, mapped);
            Assert.InRange(MappedBytes() - before, VectorBytes / 4, full * 3 / 4);
            await mapped.ReopenAsync();
            await AssertEqualAsync(plain, mapped);
            Assert.InRange(MappedBytes() - before, VectorBytes / 4, full * 3 / 4);
        }

        Assert.Equal(before, MappedBytes());
    }

    // Goal: a disk without room for the copy costs a repair, not the shard; there is another try when more is deleted.
    // Method: no file can be made in a folder that does not exist.
    [Fact]
    public async Task Repair_without_room_for_its_files_is_given_up_and_tried_again()
    {
        await using var plain = await OpenAsync(SettingsOf(onDisk: false));
        await using var mapped = await OpenAsync(OnDisk, RepairAtOnce);
        var folder = Environment.GetEnvironmentVariable(MappedBlocks.FolderVariable);
        try
        {
            Environment.SetEnvironmentVariable(
                MappedBlocks.FolderVariable, Path.Join(Path.GetTempPath(), Path.GetRandomFileName()));
            await DeleteAsync(plain, 0, Count / 10);
            await DeleteAsync(mapped, 0, Count / 10);
            while ((await mapped.Shard.DescribeAsync()).RepairFailure is null)
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
        finally
        {
            Environment.SetEnvironmentVariable(MappedBlocks.FolderVariable, folder);
        }

        Assert.Equal(Count / 10, (await mapped.Shard.DescribeAsync()).DeadCount);
        await AssertEqualAsync(plain, mapped);
        await DeleteAsync(plain, Count / 10, Count / 5);
        await DeleteAsync(mapped, Count / 10, Count / 5);
        await mapped.WaitUntilRepairedAsync();
        Assert.Null((await mapped.Shard.DescribeAsync()).RepairFailure);
        await AssertEqualAsync(plain, mapped);
    }

    private static long MappedBytes() => File.ReadLines("/proc/self/maps")
        .Where(line => line.Contains(MappedBlocks.FilePrefix, StringComparison.Ordinal)
            && line.EndsWith("(deleted)", StringComparison.Ordinal))
        .Sum(line => line.Split(' ')[0].Split('-') is [var from, var to] ? AddressOf(to) - AddressOf(from) : 0);

    private static long AddressOf(string hex) => long.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static Task DeleteAsync(TestShard shard, int from, int to) => shard.Shard.WriteAsync(new DeletePoints(
        PointSelector.ByIds([.. Enumerable.Range(from, to - from).Select(i => (PointId)(ulong)i)])));

    private static CollectionSettings SettingsOf(bool onDisk)
    {
        var quantized = TestShard.QuantizedSettingsOf(Dimension, DistanceMetric.Cosine);
        return quantized with
        {
            Vectors = new Dictionary<string, VectorSettings> { [""] = quantized.Vectors[""] with { OnDisk = onDisk } },
        };
    }

    private static async Task<TestShard> OpenAsync(CollectionSettings settings, ShardOptions? options = null)
    {
        var shard = await TestShard.OpenAsync(settings, options);
        var random = new Random(1);
        await shard.UpsertAsync([.. Enumerable.Range(0, Count).Select(i => new Point((ulong)i, Vector(random)))]);
        await shard.WaitUntilIndexedAsync();
        return shard;
    }

    private static async Task AssertEqualAsync(TestShard expected, TestShard actual)
    {
        var random = new Random(2);
        for (var i = 0; i < 20; i++)
        {
            var search = new ShardSearch { VectorName = "", Query = Vector(random), Count = 10, Exact = true };
            var exact = await expected.SearchAsync(search);
            var found = await actual.SearchAsync(search);
            Assert.Equal(
                exact.Select(hit => (hit.Id, hit.Distance)), found.Select(hit => (hit.Id, hit.Distance)));
            var near = await actual.SearchAsync(search with { Exact = false, EfSearch = 512 });
            Assert.True(near.Select(hit => hit.Id).Intersect(exact.Select(hit => hit.Id)).Count() >= 8);
        }
    }

    private static float[] Vector(Random random) =>
        [.. Enumerable.Range(0, Dimension).Select(_ => random.NextSingle() - 0.5f)];
}
