using System.Net;
using System.Text;
using System.Text.Json;
using VectorCluster.Client.Wire;
using VectorCluster.Cluster.Tests.Histories;
using VectorCluster.Tests.Postgres;

namespace VectorCluster.Cluster.Tests.Wire;

/// <summary>A message that is too large would end a connection with everything on it, so it is refused before it is
/// sent.</summary>
public sealed class MessageSizeTests
{
    private const int Dimension = 4_096;
    private const int HttpBodyBytes = 64 * 1024 * 1024;

    private static readonly CollectionSettings Settings =
        CollectionSettings.ForVector(Dimension, DistanceMetric.Euclidean);

    // Goal: the limit is where it is said to be, for requests and for answers, and nothing breaks beyond it. Method:
    // the largest batch that fits, and one point more; then ask for everything at once, which is a little more than the
    // batch was.
    [Fact]
    public async Task Largest_batch_is_taken_and_a_larger_one_refused_before_it_is_sent()
    {
        var fits = (WireLimits.MaxBytes - Bytes(0)) / (Bytes(1) - Bytes(0));
        while (Bytes(fits + 1) <= WireLimits.MaxBytes) fits++;
        while (Bytes(fits) > WireLimits.MaxBytes - 64) fits--; // Orleans' part of the message
        await using var cluster = await RunningCluster.OverFilesAsync();
        await cluster.Database.CreateCollectionAsync("c", Settings);

        await cluster.Database.UpsertAsync(Upsert(fits));
        var refused = await Assert.ThrowsAsync<InvalidRequestException>(
            () => cluster.Database.UpsertAsync(Upsert(fits + 1)));
        var answer = await Assert.ThrowsAsync<InvalidRequestException>(() => cluster.Database.ScrollAsync(
            new() { Collection = "c", Limit = fits, WithVectors = VectorSelector.All }));

        Assert.Equal(ErrorCodes.TooLarge, refused.Code);
        Assert.Contains($"larger than {WireLimits.MaxBytes}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("divide the batch", refused.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCodes.TooLarge, answer.Code);
        Assert.Equal(fits, await cluster.Database.CountAsync(new() { Collection = "c" }));
    }

    // Goal: whatever the HTTP API takes goes between silos. Method: numbers of one digit, which are half as long in
    // JSON as in a message, sent through the silo that does not have the shard.
    [OwnPostgresFact]
    public async Task Largest_body_over_HTTP_reaches_a_shard_on_another_silo()
    {
        await using var cluster = await SiloCluster.StartAsync(silos: 2);
        await cluster.Client.CreateCollectionAsync("c", Settings);
        var (body, points) = DenseBody(HttpBodyBytes);
        var (larger, _) = DenseBody(HttpBodyBytes + body.Length / points);
        Assert.True(larger.Length > HttpBodyBytes);
        await cluster.Client.UpsertAsync(Upsert(1));
        var owner = (await cluster.ShardCountsAsync()).IndexOf(1);
        using var http = new HttpClient { BaseAddress = cluster[1 - owner].Address };
        http.DefaultRequestHeaders.ExpectContinue = true; // a refusal may come before the body is sent

        using var taken = await http.PutAsync("collections/c/points", Json(body));
        using var refused = await http.PutAsync("collections/c/points", Json(larger));

        Assert.Equal(HttpStatusCode.OK, taken.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        using var error = JsonDocument.Parse(await refused.Content.ReadAsStringAsync());
        Assert.Equal(ErrorCodes.TooLarge, error.RootElement.GetProperty("status").GetProperty("code").GetString());
        Assert.Equal(points, await cluster.Client.CountAsync(new() { Collection = "c" }));
    }

    private static UpsertRequest Upsert(int points)
    {
        var vector = new float[Dimension];
        return new()
        {
            Collection = "c",
            Points = [.. Enumerable.Range(0, points).Select(id => new Point((ulong)id, vector))],
        };
    }

    private static int Bytes(int points) => new WireFormats(ContractFormats.All).Write(Upsert(points)).Length;

    /// <summary>The longest list of points within a number of bytes.</summary>
    private static (byte[] Body, int Points) DenseBody(int bytes)
    {
        var vector = string.Join(',', Enumerable.Repeat('1', Dimension));
        var body = new StringBuilder("{\"points\":[");
        var points = 0;
        while (true)
        {
            var point = $"{(points == 0 ? "" : ",")}{{\"id\":{points},\"vector\":[{vector}]}}";
            if (body.Length + point.Length + 2 > bytes) break;
            body.Append(point);
            points++;
        }

        return (Encoding.ASCII.GetBytes(body.Append("]}").ToString()), points);
    }

    private static ByteArrayContent Json(byte[] body) =>
        new(body) { Headers = { ContentType = new("application/json") } };
}
