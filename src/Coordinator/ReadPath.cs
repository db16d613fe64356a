using VectorCluster.Coordinator.Catalogue;
using VectorCluster.Coordinator.Requests;
using VectorCluster.Engine.Shards;

namespace VectorCluster.Coordinator;

/// <summary>Reads of points: by id, in pages, and counted.</summary>
internal sealed class ReadPath(Catalogue.Catalogue catalogue, ShardCaller shards)
{
    /// <summary>How long the shards may take where the request does not say.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    public async Task<IReadOnlyList<StoredPoint>> GetAsync(
        GetPointsRequest request, CancellationToken cancellationToken)
    {
        var settings = await catalogue.GetForReadAsync(request.Collection, cancellationToken);
        RequestCheck.Get(request);
        if (await FindMapAsync(request, cancellationToken) is not { } map) return [];
        var idsOf = request.Ids.Distinct()
            .ToLookup(id => new ShardId(request.Collection, request.Namespace, map.ShardOf(id)));
        var answers = await shards.FanOutAsync(
            [.. idsOf.Select(group => group.Key)],
            settings,
            (shard, client, token) =>
                client.GetAsync([.. idsOf[shard]], request.WithPayload, request.WithVectors, token),
            request.Timeout ?? DefaultTimeout,
            allowPartial: false,
            cancellationToken);
        var found = answers.Answers.SelectMany(answer => answer.Answer).ToDictionary(point => point.Id);
        return [.. request.Ids.Where(found.ContainsKey).Select(id => found[id])];
    }

    public async Task<ScrollPage> ScrollAsync(ScrollRequest request, CancellationToken cancellationToken)
    {
        var settings = await catalogue.GetForReadAsync(request.Collection, cancellationToken);
        RequestCheck.Scroll(request);
        if (await FindMapAsync(request, cancellationToken) is not { } map) return new([], null);
        var answers = await shards.FanOutAsync(
            ShardsOf(request, map),
            settings,
            // One more than wanted: the first of the next page.
            (_, client, token) => client.ScrollAsync(
                request.Offset, request.Limit + 1, request.Filter, request.WithPayload, request.WithVectors, token),
            request.Timeout ?? DefaultTimeout,
            allowPartial: false,
            cancellationToken);
        var points = answers.Answers.SelectMany(answer => answer.Answer.Points).OrderBy(point => point.Id).ToList();
        return points.Count > request.Limit
            ? new([.. points.Take(request.Limit)], points[request.Limit].Id)
            : new(points, null);
    }

    public async Task<long> CountAsync(CountRequest request, CancellationToken cancellationToken)
    {
        var settings = await catalogue.GetForReadAsync(request.Collection, cancellationToken);
        RequestCheck.Count(request);
        if (await FindMapAsync(request, cancellationToken) is not { } map) return 0;
        var answers = await shards.FanOutAsync(
            ShardsOf(request, map),
            settings,
            (_, client, token) => client.CountAsync(request.Filter, token),
            request.Timeout ?? DefaultTimeout,
            allowPartial: false,
            cancellationToken);
        return answers.Answers.Sum(answer => answer.Answer);
    }

    public static IReadOnlyList<ShardId> ShardsOf(ReadRequest request, ShardMap map) =>
        [.. map.Ranges.Select(range => range.Shard).Distinct()
            .Select(shard => new ShardId(request.Collection, request.Namespace, shard))];

    private ValueTask<ShardMap?> FindMapAsync(ReadRequest request, CancellationToken cancellationToken) =>
        catalogue.FindMapForReadAsync(request.Collection, request.Namespace, cancellationToken);
}
