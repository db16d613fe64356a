using System.Text;
using FsCheck;
using FsCheck.Fluent;
using VectorCluster.Engine.Checkpoints;
using VectorCluster.Engine.Distance;
using VectorCluster.Engine.Shards;
using VectorCluster.Engine.Wal;

namespace VectorCluster.Engine.Tests.Shards;

/// <summary>Payloads and ids of points that were deleted, replaced or changed are in no stored page.</summary>
/// <remarks>Method: every payload and string id holds a word of its own; all pages are searched for it.</remarks>
public sealed class ShardErasureTests
{
    private static readonly CollectionSettings Settings = TestShard.SettingsOf(2, DistanceMetric.Euclidean);

    private static Point Point(PointId id, string word, float x = 0) =>
        new(id, new float[] { x, 0 }, Payload.Parse($$"""{"word":"{{word}}"}"""));

    [Fact]
    public async Task Nothing_of_erased_points_is_in_the_pages_or_the_log()
    {
        await using var shard = await TestShard.OpenAsync(Settings);
        await shard.UpsertAsync(
            Point("id-deleted", "payload-deleted"),
            Point("id-replaced", "payload-replaced"),
            Point("id-rewritten", "payload-rewritten"),
            Point("id-changed", "payload-changed"),
            Point("id-kept", "payload-kept"));
        await shard.UpsertAsync(Point(0xE0E1E2E3E4E5E6E7, new string('x', 100_000)));
        await shard.ReopenAsync();
        Assert.Contains("payload-deleted", await StoredAsync(shard), StringComparison.Ordinal);

        await shard.Shard.WriteAsync(new DeletePoints(PointSelector.ByIds("id-deleted", 0xE0E1E2E3E4E5E6E7)));
        await shard.UpsertAsync(Point("id-replaced", "new-1", x: 7), Point("id-rewritten", "new-2"));
        await shard.Shard.WriteAsync(new ChangePayload(
            PointSelector.ByIds("id-changed"), new SetPayload(Payload.Parse("""{"word":"new-3"}"""))));
        await shard.UpsertAsync(Point("filler", new string('f', 2_000_000))); // so that the log is worth trimming
        await shard.ReopenAsync();

        var stored = await StoredAsync(shard);
        Assert.All(
            ["id-deleted", "payload-deleted", "payload-replaced", "payload-rewritten", "payload-changed", "xxxx"],
            word => Assert.DoesNotContain(word, stored, StringComparison.Ordinal));
        Assert.DoesNotContain("\xE7\xE6\xE5\xE4\xE3\xE2\xE1\xE0", stored, StringComparison.Ordinal);
        Assert.All(
            ["id-replaced", "id-rewritten", "id-changed", "id-kept", "payload-kept", "new-1", "new-2", "new-3"],
            word => Assert.Contains(word, stored, StringComparison.Ordinal));
        await shard.UpsertAsync(Point("id-deleted", "again", x: 9));
        var hits = await shard.SearchAsync(ShardSearchTests.Search([9, 0], 10) with
        {
            WithPayload = PayloadSelector.All,
        });
        Assert.Equal(
            ["id-deleted again", "id-replaced new-1"],
            hits.Take(2).Select(hit => $"{hit.Id} {WordOf(hit.Point!)}"));
    }

    // Goal: a page that is saved again for another reason brings nothing back, nor does one that could not be saved.
    [Fact]
    public async Task A_page_that_is_saved_again_brings_nothing_back()
    {
        await using var shard = await TestShard.OpenAsync(Settings);
        using var state = new ShardState(Settings, InstructionSets.Current);
        Upsert(state, 1, Point("id-erased", "payload-erased"), Point("id-kept", "payload-kept"));
        Checkpoint.Capture(state);
        state.Apply(new(2), WalCodec.EncodeDelete(["id-erased"]).Span);
        var refused = Checkpoint.Capture(state);
        await refused.SaveAsync(shard.Store, TestShard.Id, new Epoch(0), default);
        var again = Checkpoint.Capture(state);
        Upsert(state, 3, Point("id-late", "payload-late"));
        var later = Checkpoint.Capture(state);
        foreach (var checkpoint in new[] { again, later })
        {
            await checkpoint.SaveAsync(shard.Store, TestShard.Id, shard.Shard.Epoch, default);
            var stored = await StoredAsync(shard);

            Assert.DoesNotContain("erased", stored, StringComparison.Ordinal);
            Assert.Contains("payload-kept", stored, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Without_erasure_a_checkpoint_saves_the_pages_as_they_are()
    {
        using var state = new ShardState(Settings, InstructionSets.Current);
        Upsert(state, 1, Point("a", new string('a', 200_000)), Point("b", "b"));
        var first = Checkpoint.Capture(state).Bytes;
        Upsert(state, 2, Point("b", "b"));
        var second = Checkpoint.Capture(state).Bytes;

        Assert.True(first > 200_000);
        Assert.Equal(64 * 256, second); // the page of the points' versions
    }

    // Goal: after any history the stored words are just those of live points, and the points are those of the model.
    // Method: the pages, and the log after them, which stands for a checkpoint where it is small.
    [Fact]
    public void Stored_words_are_those_of_live_points_after_any_history() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
            RunHistoryAsync(seed).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(15));

    private static async Task RunHistoryAsync(int seed)
    {
        const int Ids = 40;
        var random = new Random(seed);
        var model = new Dictionary<int, int>();
        var written = 0;
        await using var shard = await TestShard.OpenAsync(
            TestShard.SettingsOf(2, DistanceMetric.Euclidean, exactScanThreshold: 20),
            new()
            {
                CheckpointGraphPlaces = 30,
                CheckpointLogBytes = 2_000 + (random.Next(2) * 100_000),
                SmallLogBytes = random.Next(2) * 100_000,
            });
        for (var step = 0; step < 60; step++)
        {
            var id = random.Next(Ids);
            switch (random.Next(6))
            {
                case 0:
                    await shard.Shard.WriteAsync(new DeletePoints(PointSelector.ByIds($"id-{id}-")));
                    model.Remove(id);
                    break;
                case 1 when model.ContainsKey(id):
                    var word = Payload.Parse($$"""{"word":"{{Word(++written, random)}}"}""");
                    await shard.Shard.WriteAsync(
                        new ChangePayload(PointSelector.ByIds($"id-{id}-"), new OverwritePayload(word)));
                    model[id] = written;
                    break;
                case 2 when step % 5 == 0:
                    await shard.ReopenAsync();
                    await CompareAsync(shard, model, Ids, written);
                    break;
                default:
                    await shard.UpsertAsync(Point($"id-{id}-", Word(++written, random), x: random.Next(2)));
                    model[id] = written;
                    break;
            }
        }

        await shard.ReopenAsync();
        await CompareAsync(shard, model, Ids, written);
    }

    private static string Word(int n, Random random) => $"word-{n}-" + new string('.', random.Next(10) * 2_000);

    private static async Task CompareAsync(TestShard shard, Dictionary<int, int> model, int ids, int written)
    {
        var manifest = await shard.Store.ReadManifestAsync(TestShard.Id);
        var stored = await PagesAsync(shard) + await LogAsync(shard, (manifest?.Lsn ?? Lsn.None).Next);
        for (var id = 0; id < ids; id++)
            Assert.Equal(model.ContainsKey(id), stored.Contains($"id-{id}-", StringComparison.Ordinal));
        for (var n = 1; n <= written; n++)
            Assert.Equal(model.ContainsValue(n), stored.Contains($"word-{n}-", StringComparison.Ordinal));
        var page = await shard.Shard.ScrollAsync(null, 1000, null, PayloadSelector.All, VectorSelector.None);
        Assert.Equal(
            model.Select(entry => $"id-{entry.Key}- word-{entry.Value}-").Order(StringComparer.Ordinal),
            page.Points.Select(point => $"{point.Id} {WordOf(point).TrimEnd('.')}").Order(StringComparer.Ordinal));
        var near = await shard.SearchAsync(ShardSearchTests.Search([0, 0], ids));
        Assert.Equal(model.Count, near.Count);
    }

    private static string WordOf(StoredPoint point)
    {
        using var payload = System.Text.Json.JsonDocument.Parse(point.Payload!.Utf8);
        return payload.RootElement.GetProperty("word").GetString()!;
    }

    private static void Upsert(ShardState state, long lsn, params Point[] points) =>
        state.Apply(new(lsn), WalCodec.EncodeUpsert(points, state.VectorNames).Span);

    /// <summary>All pages and the log, a character a byte.</summary>
    private static async Task<string> StoredAsync(TestShard shard) =>
        await PagesAsync(shard) + await LogAsync(shard, new Lsn(1));

    private static async Task<string> LogAsync(TestShard shard, Lsn from)
    {
        var text = new StringBuilder();
        await foreach (var record in shard.Store.ReadAsync(TestShard.Id, from))
            text.Append(Encoding.Latin1.GetString(record.Body.Span));
        return text.ToString();
    }

    private static async Task<string> PagesAsync(TestShard shard)
    {
        var pages = new List<byte[]>();
        await shard.Store.ReadPagesAsync(TestShard.Id, (_, length) =>
        {
            pages.Add(new byte[length]);
            return pages[^1];
        });
        return string.Concat(pages.Select(Encoding.Latin1.GetString));
    }
}
