using VectorCluster.Engine.Shards;
using VectorCluster.Storage.Tests.Contracts;

namespace VectorCluster.Storage.Tests.Files;

/// <summary>What a crash leaves of the last append is cut; what was acknowledged before it stays.</summary>
public sealed class TornWriteTests : IAsyncLifetime
{
    private static readonly ShardId Shard = new("docs", "", 0);

    private readonly TempFolder _folder = new();
    private OpenStore _store = null!; // set before each test
    private string _segment = "";
    private byte[] _whole = [];
    private int _lastAppend;

    // Bodies of zeros, of the filler's value, and of text, over several sectors: what a careless rule would take for a
    // tear.
    private static ReadOnlyMemory<byte>[] LastAppend =>
        [new byte[700], StoreCalls.Bytes("short"), Enumerable.Repeat((byte)0xA5, 600).ToArray(), new byte[1]];

    public async Task InitializeAsync()
    {
        await using (var writer = new OpenStore(_folder.Path))
        {
            var (epoch, _, _) = await writer.Shards.AcquireAsync(Shard);
            await writer.Shards.AppendAsync(Shard, epoch, 1, "one", "two");
            await writer.Shards.AppendAsync(Shard, epoch, new Lsn(3), [new byte[900]]);
            _segment = Assert.Single(Directory.GetFiles(writer.FolderOf(Shard), "*.vcwal"));
            _lastAppend = (int)new FileInfo(_segment).Length;
            await writer.Shards.AppendAsync(Shard, epoch, new Lsn(4), LastAppend);
        }

        _whole = await File.ReadAllBytesAsync(_segment);
        _store = new OpenStore(_folder.Path);
    }

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_log_cut_at_any_byte_of_the_last_append_reads_as_the_appends_before()
    {
        for (var length = _lastAppend; length < _whole.Length; length++)
            await ExpectTornAsync(_whole[..length], $"length {length}");
    }

    [Fact]
    public async Task A_log_that_reads_as_zeros_from_any_byte_on_reads_as_the_appends_before()
    {
        for (var from = _lastAppend; from < _whole.Length; from++)
        {
            var bytes = _whole.ToArray();
            bytes.AsSpan(from).Clear();
            await ExpectTornAsync(bytes, $"zeros from {from}");
        }
    }

    // A disk writes sectors in any order: every subset of the last append's sectors may be missing.
    [Fact]
    public async Task A_log_that_lacks_any_sectors_of_the_last_append_reads_as_the_appends_before()
    {
        var first = _lastAppend / 512;
        var count = (_whole.Length - 1) / 512 - first + 1;
        for (var missing = 1; missing < 1 << count; missing++)
        {
            var bytes = _whole.ToArray();
            for (var sector = 0; sector < count; sector++)
            {
                if ((missing & (1 << sector)) == 0) continue;
                var from = Math.Max(_lastAppend, (first + sector) * 512);
                bytes.AsSpan(from, Math.Min(bytes.Length, (first + sector + 1) * 512) - from).Clear();
            }

            await ExpectTornAsync(bytes, $"missing sectors {missing:b}");
        }
    }

    [Fact]
    public async Task The_log_goes_on_after_a_cut()
    {
        for (var length = _lastAppend + 1; length < _whole.Length; length += 97)
        {
            await File.WriteAllBytesAsync(_segment, _whole[..length]);
            var (epoch, last, _) = await _store.Shards.AcquireAsync(Shard);
            Assert.Equal(new Lsn(3), last);
            Assert.Equal(_lastAppend, new FileInfo(_segment).Length);
            Assert.Equal(StoreStatus.Done, await _store.Shards.AppendAsync(Shard, epoch, 4, "four"));
            await _store.Shards.ReleaseAsync(Shard, epoch);
            Assert.Equal(["4:four"], await _store.Shards.TextsAsync(Shard, 4));
        }
    }

    // Goal: damage before the end is never taken for a tear. Method: zero each sector of an earlier append.
    [Fact]
    public async Task Zeros_before_a_later_append_are_damage()
    {
        for (var from = 64; from < _lastAppend; from += 32)
        {
            var bytes = _whole.ToArray();
            bytes.AsSpan(from, Math.Min(512, _lastAppend - from)).Clear();
            await File.WriteAllBytesAsync(_segment, bytes);

            var e = await Assert.ThrowsAsync<StoreCorruptedException>(async () => await _store.Shards.LogAsync(Shard));
            Assert.Contains(Path.GetFileName(_segment), e.Where, StringComparison.Ordinal);
            await Assert.ThrowsAsync<StoreCorruptedException>(async () => await _store.Shards.AcquireAsync(Shard));
        }
    }

    private async Task ExpectTornAsync(byte[] bytes, string how)
    {
        await File.WriteAllBytesAsync(_segment, bytes);
        var log = await _store.Shards.LogAsync(Shard);
        Assert.True(log.Count == 3, $"{how}: {log.Count} records");
        Assert.Equal(900, log[2].Body.Length);
    }
}
