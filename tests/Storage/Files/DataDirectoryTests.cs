using VectorCluster.Storage.Files;
using VectorCluster.Storage.Tests.Contracts;

using VectorCluster.Storage.Checksums;

namespace VectorCluster.Storage.Tests.Files;

public sealed class DataDirectoryTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_directory_in_use_is_refused_by_name()
    {
        using (DataDirectory.Open(_folder.Path))
        {
            var e = Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(_folder.Path));
            Assert.Contains(_folder.Path, e.Message, StringComparison.Ordinal);
            Assert.Contains("in use", e.Message, StringComparison.Ordinal);
        }

        DataDirectory.Open(_folder.Path).Dispose();
    }

    [Theory]
    [InlineData("vectorcluster data directory, format 2\n", "newer version")]
    [InlineData("vectorcluster data directory, format x\n", "damaged")]
    [InlineData("", "damaged")]
    public void Another_format_is_refused_and_left_as_it_is(string format, string expected)
    {
        DataDirectory.Open(_folder.Path).Dispose();
        var path = Path.Join(_folder.Path, "FORMAT");
        File.WriteAllText(path, format);

        var e = Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(_folder.Path));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Equal(format, File.ReadAllText(path));
    }

    [Fact]
    public void A_directory_of_something_else_is_refused()
    {
        File.WriteAllText(Path.Join(_folder.Path, "letter.txt"), "dear reader");

        Assert.Throws<DataDirectoryException>(() => DataDirectory.Open(_folder.Path));
    }

    [Fact]
    public void What_an_interrupted_deletion_left_is_deleted_at_opening()
    {
        DataDirectory.Open(_folder.Path).Dispose();
        var left = Directory.CreateDirectory(Path.Join(_folder.Path, "trash", "1", "sub")).FullName;

        DataDirectory.Open(_folder.Path).Dispose();

        Assert.False(Directory.Exists(left));
    }

    // Goal: the layout is one-to-one. Method: no two names meet even without case, and short ones decode to themselves.
    [Fact]
    public void Encoded_names_are_unlike_without_case_short_and_reversible()
    {
        string[] names =
        [
            "", "a", "A", "ä", "a\u0308", ".", "..", "con", "CON", "%63on", "~default", "a/b",
            new('ü', 127), new('Ü', 127),
        ];
        var encoded = names.Select(FileNames.Encode).ToList();

        Assert.Equal(names.Length, encoded.ToHashSet(StringComparer.OrdinalIgnoreCase).Count);
        Assert.All(encoded, e => Assert.Matches("^[a-z0-9_%~-]{1,200}$", e));
        foreach (var name in names.Where(n => n.Length < 60))
        {
            Assert.True(FileNames.TryDecode(FileNames.Encode(name), out var decoded));
            Assert.Equal(name, decoded);
        }
    }

    [Theory]
    [InlineData(256)]
    [InlineData(1_000)]
    public void Names_too_long_are_the_callers_mistake(int length) =>
        Assert.Throws<ArgumentException>(() => FileNames.Encode(new string('x', length)));

    [Fact]
    public void The_checksum_is_CRC_32C()
    {
        Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8)); // the check value of the CRC catalogue
        Assert.Equal(0x8A9136AAu, Crc32C.Of(new byte[32])); // RFC 3720, B.4
    }

    [Fact]
    public async Task Sizes_stay_within_twice_the_live_pages_and_trimming_frees_segments()
    {
        const long SmallSegment = 4_096;
        var shard = new ShardId("docs", "", 0);
        await using var store = new OpenStore(_folder.Path, segmentBytes: SmallSegment);
        var (epoch, _, _) = await store.Shards.AcquireAsync(shard);
        // Of 8 pages 7 are replaced by the next checkpoint and one stays for long, so every file is mostly garbage.
        for (var round = 1; round <= 200; round++)
        {
            await store.Shards.AppendAsync(shard, epoch, round, new string('x', 500));
            await store.Shards.CheckpointAsync(shard, epoch, round, "m", [.. Enumerable.Range(0, 8)
                .Select(i => ShardState.Page((uint)(i == 7 ? 7 + round % 50 : i), (byte)round, 2_000))]);
            await store.Shards.TrimAsync(shard, epoch, new Lsn(round));
        }

        var files = new DirectoryInfo(store.FolderOf(shard)).GetFiles();
        Assert.True(files.Where(f => f.Extension == ".vcpages").Sum(f => f.Length) < 2 * 57 * 2_016 + 70_000);
        Assert.InRange(files.Count(f => f.Extension == ".vcwal"), 1, 2);
    }
}
