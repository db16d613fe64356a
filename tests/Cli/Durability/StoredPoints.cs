using VectorCluster.Client.Http;

namespace VectorCluster.Cli.Tests;

/// <summary>Compares what a server has with what it was given.</summary>
internal static class StoredPoints
{
    private const int PagePoints = 5_000;

    /// <summary>Every id from 0 up to <paramref name="end"/> is there, with its vector and payload. Not for
    /// cosine.</summary>
    public static async Task AssertHasAsync(
        VectorClusterHttpClient client, string collection, float[][] vectors, int end)
    {
        for (var start = 0; start < end; start += PagePoints)
        {
            var count = Math.Min(PagePoints, end - start);
            var found = await client.GetPointsAsync(new()
            {
                Collection = collection,
                Ids = [.. Enumerable.Range(start, count).Select(id => (PointId)(ulong)id)],
                WithVectors = VectorSelector.All,
            });
            AssertAre(found, vectors, start, count);
        }
    }

    /// <summary>The collection has each of the points exactly once, and no other.</summary>
    public static async Task AssertHasOnlyAsync(VectorClusterHttpClient client, string collection, float[][] vectors)
    {
        var all = new List<StoredPoint>();
        PointId? offset = null;
        do
        {
            var page = await client.ScrollAsync(new()
            {
                Collection = collection,
                Offset = offset,
                Limit = PagePoints,
                WithVectors = VectorSelector.All,
            });
            all.AddRange(page.Points);
            offset = page.NextOffset;
        }
        while (offset is not null);
        AssertAre(all, vectors, 0, vectors.Length);
        Assert.Equal(vectors.Length, await client.CountAsync(new() { Collection = collection }));
    }

    private static void AssertAre(IReadOnlyList<StoredPoint> found, float[][] vectors, int start, int count)
    {
        var wanted = Enumerable.Range(start, count).Select(id => (PointId)(ulong)id);
        Assert.Equal([], wanted.Except(found.Select(point => point.Id)));
        Assert.Equal(count, found.Count);
        for (var i = 0; i < count; i++)
        {
            Assert.Equal((PointId)(ulong)(start + i), found[i].Id);
            Assert.Equal(TestPoints.PayloadOf(start + i), found[i].Payload);
            Assert.True(found[i].Vectors!.TryGet("", out var vector));
            Assert.Equal(vectors[start + i], vector.ToArray());
        }
    }
}
