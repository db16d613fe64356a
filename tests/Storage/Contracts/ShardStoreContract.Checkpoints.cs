using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Shards;
using static VectorCluster.Storage.Tests.Contracts.StoreCalls;

namespace VectorCluster.Storage.Tests.Contracts;

/// <summary>Checkpoints, trimming, deletion, listing.</summary>
public abstract partial class ShardStoreContract
{
    private static readonly string[] OddNames =
    [
        "", "Docs", "docs", "DOCS", ".", "..", "a/b", "a\\b", "con", "nul", "%41", "%", "~default", " ",
        "a.b", "naïve", "数据", "🙂",
        new('x', 255), new('X', 255), new string('X', 254) + "Y",
        "e\u0301", "\u00e9", "tab\there", "quote'\"", "*?<>|:",
    ];

    [Fact]
    public async Task A_checkpoint_replaces_the_pages_given_and_keeps_the_others()
    {
        var (epoch, _, _) = await Store.AcquireAsync(Shard);
        await Store.AppendAsync(Shard, epoch, 1, "one", "two");
        await Store.CheckpointAsync(Shard, epoch, 1, "a", (new(0, 0), [1]), (new(0, 1), [2, 2]), (new(1, 0), [3]));
        await Store.CheckpointAsync(Shard, epoch, 2, "b", (new(0, 1), [4, 4, 4]), (new(2, uint.MaxValue), [5]));
        await ReopenAsync();

        var pages = await Store.PagesAsync(Shard);

        Assert.Equal(4, pages.Count);
        Assert.Equal([1], pages[new(0, 0)]);
        Assert.Equal([4, 4, 4], pages[new(0, 1)]);
        Assert.Equal([3], pages[new(1, 0)]);
        Assert.Equal([5], pages[new(2, uint.MaxValue)]);
        var manifest = await Store.ReadManifestAsync(Shard);
        Assert.Equal(new Lsn(2), manifest!.Lsn);
        Assert.Equal(Bytes("b"), manifest.Body.ToArray());
    }

    [Fact]
    public async Task The_last_of_a_repeated_page_counts()
    {
        var (epoch, _, _) = await Store.AcquireAsync(Shard);
        await Store.CheckpointAsync(Shard, epoch, 0, "", (new(0, 0), [1]), (new(0, 1), [2]), (new(0, 0), [3, 3]));

        var pages = await Store.PagesAsync(Shard);

        Assert.Equal(2, pages.Count);
        Assert.Equal([3, 3], pages[new(0, 0)]);
        Assert.Equal([2], pages[new(0, 1)]);
    }

    [Fact]
    public async Task A_checkpoint_whose_pages_fail_leaves_the_one_before()
    {
        var (epoch, _, _) = await Store.AcquireAsync(Shard);
        await Store.CheckpointAsync(Shard, epoch, 0, "before", (new(0, 0), [1]));

        static async IAsyncEnumerable<CheckpointPage> FailAsync()
        {
            yield return new(new(0, 0), new byte[] { 2 });
            await Task.Yield();
            throw new TimeoutException("the source of the pages failed");
        }

        await Assert.ThrowsAsync<TimeoutException>(
            async () => await Store.WriteCheckpointAsync(Shard, epoch, new(Lsn.None, Bytes("after")), FailAsync()));

        Assert.Equal([1], (await Store.PagesAsync(Shard))[new(0, 0)]);
        Assert.Equal(Bytes("before"), (await Store.ReadManifestAsync(Shard))!.Body.ToArray());
        Assert.Equal(StoreStatus.Done, await Store.CheckpointAsync(Shard, epoch, 0, "next", (new(0, 0), [3])));
    }

    [Fact]
    public async Task Appends_go_on_beside_a_checkpoint()
    {
        var (epoch, _, _) = await Store.AcquireAsync(Shard);

        async IAsyncEnumerable<CheckpointPage> AppendBetweenAsync()
        {
            for (var lsn = 1; lsn <= 10; lsn++)
            {
                Assert.Equal(StoreStatus.Done, await Store.AppendAsync(Shard, epoch, lsn, $"r{lsn}"));
                yield return new(new(0, (uint)lsn), new[] { (byte)lsn });
            }
        }

        var status = await Store.WriteCheckpointAsync(Shard, epoch, new(Lsn.None, Bytes("m")), AppendBetweenAsync());
        Assert.Equal(StoreStatus.Done, status);
        await ReopenAsync();

        Assert.Equal(new Lsn(10), (await Store.AcquireAsync(Shard)).LastLsn);
        Assert.Equal(10, (await Store.PagesAsync(Shard)).Count);
    }

    [Fact]
    public async Task Pages_of_every_size_come_back_as_they_were()
    {
        const int Seed = 11;
        var random = new Random(Seed);
        int[] lengths = [1, 15, 16, 17, 4_096, 65_535, 65_536, 65_537, 1_048_575, CheckpointPage.MaxBytes];
        var pages = lengths
            .Select((length, i) => (new PageKey(1, (uint)i), new byte[length])).ToArray();
        foreach (var (_, bytes) in pages) random.NextBytes(bytes);
        var (epoch, _, _) = await Store.AcquireAsync(Shard);
        await Store.CheckpointAsync(Shard, epoch, 0, "", pages);

        var read = await Store.PagesAsync(Shard);

        foreach (var (key, bytes) in pages) Assert.True(bytes.AsSpan().SequenceEqual(read[key]), $"{key}, seed {Seed}");
    }

    [Fact]
    public async Task Many_small_checkpoints_keep_every_page()
    {
        const int Seed = 3;
        var random = new Random(Seed);
        var expected = new Dictionary<PageKey, byte[]>();
        var (epoch, _, _) = await Store.AcquireAsync(Shard);
        for (var round = 0; round < 120; round++)
        {
            var pages = Enumerable.Range(0, 3)
                .Select(_ => (new PageKey(0, (uint)random.Next(60)), new byte[random.Next(1, 900)])).ToArray();
            foreach (var (key, bytes) in pages)
            {
                random.NextBytes(bytes);
                expected[key] = bytes;
            }

            await Store.CheckpointAsync(Shard, epoch, 0, $"{round}", pages);
            if (round % 40 == 39)
            {
                await ReopenAsync();
                epoch = (await Store.AcquireAsync(Shard)).Epoch;
            }
        }

        var read = await Store.PagesAsync(Shard);
        Assert.Equal(expected.Count, read.Count);
        foreach (var (key, bytes) in expected)
            Assert.True(bytes.AsSpan().SequenceEqual(read[key]), $"{key}, seed {Seed}");
    }

    [Fact]
    public async Task Trimming_keeps_what_comes_after_and_the_next_LSN()
    {
        var (epoch, _, _) = await Store.AcquireAsync(Shard);
        await Store.AppendAsync(Shard, epoch, 1, "one", "two", "three");
        await Store.CheckpointAsync(Shard, epoch, 3, "m");

        Assert.Equal(StoreStatus.Done, await Store.TrimAsync(Shard, epoch, new Lsn(2)));
        Assert.Equal(["3:three"], await Store.TextsAsync(Shard, 3));
        Assert.Equal(StoreStatus.Done, await Store.TrimAsync(Shard, epoch, new Lsn(3)));
        await ReopenAsync();

        var owned = await Store.AcquireAsync(Shard);
        Assert.Equal(new Lsn(3), owned.LastLsn);
        Assert.Equal(StoreStatus.Done, await Store.AppendAsync(Shard, owned.Epoch, 4, "four"));
        Assert.Equal(["4:four"], await Store.TextsAsync(Shard, 4));
    }

    // A restore or a split writes a checkpoint into a shard whose log never had those records.
    [Fact]
    public async Task The_log_goes_on_behind_a_checkpoint_that_is_ahead_of_it()
    {
        var (epoch, _, _) = await Store.AcquireAsync(Shard);
        await Store.AppendAsync(Shard, epoch, 1, "one");
        await Store.CheckpointAsync(Shard, epoch, 100, "restored", (new(0, 0), [1]));

        Assert.Equal(StoreStatus.Rejected, await Store.AppendAsync(Shard, epoch, 2, "x"));
        Assert.Equal(StoreStatus.Done, await Store.AppendAsync(Shard, epoch, 101, "next"));
        await ReopenAsync();

        Assert.Equal(new Lsn(101), (await Store.AcquireAsync(Shard)).LastLsn);
        Assert.Equal(["101:next"], await Store.TextsAsync(Shard, 101));
    }

    [Fact]
    public async Task A_deleted_shard_is_gone_and_can_begin_anew()
    {
        var other = Shard with { Index = 1 };
        var (epoch, _, _) = await Store.AcquireAsync(Shard);
        await Store.AcquireAsync(other);
        await Store.AppendAsync(Shard, epoch, 1, "one");
        await Store.CheckpointAsync(Shard, epoch, 1, "m", (new(0, 0), [1]));

        await Store.DeleteAsync(Shard);
        await Store.DeleteAsync(Shard);

        Assert.Equal(StoreStatus.Rejected, await Store.AppendAsync(Shard, epoch, 2, "two"));
        Assert.Equal([other], await Store.ShardsAsync("docs"));
        Assert.Empty(await Store.LogAsync(Shard));
        Assert.Null(await Store.ReadManifestAsync(Shard));
        Assert.Equal(Lsn.None, (await Store.AcquireAsync(Shard)).LastLsn);
    }

    [Fact]
    public async Task Names_with_any_characters_are_kept_apart_and_listed_as_they_were()
    {
        var shards = OddNames.Select(name => new ShardId("c", name, 0))
            .Concat(OddNames.Where(name => name.Length > 0).Select(name => new ShardId(name, "", 3)))
            .Distinct().ToList();
        foreach (var shard in shards)
        {
            var (epoch, _, _) = await Store.AcquireAsync(shard);
            await Store.AppendAsync(shard, epoch, 1, $"{shard}");
        }

        await ReopenAsync();

        Assert.Equal(shards.Where(s => s.Collection == "c").ToHashSet(), (await Store.ShardsAsync("c")).ToHashSet());
        foreach (var shard in shards)
        {
            Assert.Contains(shard, await Store.ShardsAsync(shard.Collection));
            Assert.Equal([shard], await Store.ShardsAsync(shard.Collection, shard.Namespace));
            Assert.Equal([$"1:{shard}"], await Store.TextsAsync(shard));
        }
    }
}
