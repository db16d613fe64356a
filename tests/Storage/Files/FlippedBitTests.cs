using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Tests.Contracts;
using static VectorCluster.Storage.Tests.Files.ShardState;

namespace VectorCluster.Storage.Tests.Files;

/// <summary>A flipped bit is reported, or does not matter; it never changes or loses data, and no other shard
/// notices.</summary>
public sealed class FlippedBitTests : IAsyncLifetime
{
    private const int Seed = 20_260;
    private const int MostFlips = 4_000;

    private static readonly ShardId Shard = new("docs", "", 0);
    private static readonly ShardId Other = new("docs", "", 1);

    private readonly TempFolder _folder = new();
    private OpenStore _store = null!; // set before each test
    private string _state = "";

    public async Task InitializeAsync()
    {
        await using (var writer = new OpenStore(_folder.Path))
        {
            foreach (var shard in (ShardId[])[Shard, Other])
            {
                var (epoch, _, _) = await writer.Shards.AcquireAsync(shard);
                await writer.Shards.AppendAsync(shard, epoch, 1, "one", "two");
                await writer.Shards.CheckpointAsync(shard, epoch, 1, "first", Page(0, 1, 400), Page(1, 2, 300));
                await writer.Shards.CheckpointAsync(shard, epoch, 1, "second", Page(1, 3, 200));

                // The last append holds zeros over whole sectors, and a sector with a single bit set.
                var sparse = new byte[1_800];
                sparse[1_000] = 0x40;
                await writer.Shards.AppendAsync(shard, epoch, new Lsn(3), [sparse, StoreCalls.Bytes("end")]);
            }
        }

        _store = new OpenStore(_folder.Path);
        _state = await ReadAsync(_store.Shards, Shard);
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("*.vcwal", 1)]
    [InlineData("*.vcpages", 2)]
    [InlineData("CURRENT", 1)]
    [InlineData("OWNER", 1)]
    public async Task A_flipped_bit_is_reported_or_does_not_matter(string pattern, int files)
    {
        var paths = Directory.GetFiles(_store.FolderOf(Shard), pattern);
        Assert.Equal(files, paths.Length);
        var reported = 0;
        foreach (var path in paths)
        {
            var original = await File.ReadAllBytesAsync(path);
            foreach (var bit in Bits(original.Length * 8))
            {
                var bytes = original.ToArray();
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                await File.WriteAllBytesAsync(path, bytes);
                if (await IsReportedAsync())
                    reported++;
                else
                    Assert.True(_state == await ReadAsync(_store.Shards, Shard), $"{path}, bit {bit}, seed {Seed}");
            }

            await File.WriteAllBytesAsync(path, original);
        }

        Assert.True(reported > 0);
        Assert.Equal(_state, await ReadAsync(_store.Shards, Other));
    }

    [Theory]
    [InlineData("*.vcwal")]
    [InlineData("*.vcpages")]
    [InlineData("OWNER")]
    public async Task A_missing_file_is_reported(string pattern)
    {
        foreach (var path in Directory.GetFiles(_store.FolderOf(Shard), pattern))
        {
            var bytes = await File.ReadAllBytesAsync(path);
            File.Delete(path);
            Assert.True(await IsReportedAsync(), path);
            await File.WriteAllBytesAsync(path, bytes);
        }
    }

    [Fact]
    public async Task Damage_keeps_the_shard_closed_and_names_the_file()
    {
        var path = Assert.Single(Directory.GetFiles(_store.FolderOf(Shard), "*.vcwal"));
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[^40] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);

        var e = await Assert.ThrowsAsync<StoreCorruptedException>(async () => await _store.Shards.AcquireAsync(Shard));

        Assert.Equal(Shard, e.Shard);
        Assert.Contains(path, e.Where, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(path));
        Assert.Equal(new Lsn(4), (await _store.Shards.AcquireAsync(Other)).LastLsn);
    }

    private static IEnumerable<int> Bits(int count)
    {
        if (count <= MostFlips) return Enumerable.Range(0, count);
        var random = new Random(Seed);
        return Enumerable.Range(0, MostFlips).Select(_ => random.Next(count));
    }

    private async Task<bool> IsReportedAsync()
    {
        try
        {
            await ReadAsync(_store.Shards, Shard);
            return false;
        }
        catch (StoreCorruptedException e)
        {
            Assert.Equal(Shard, e.Shard);
            return true;
        }
    }
}
