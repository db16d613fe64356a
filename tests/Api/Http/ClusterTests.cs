using System.Net;

namespace VectorCluster.Api.Tests;

/// <summary>A server that is alone, as an operator sees it. Several silos: tests/Cluster.</summary>
public sealed class ClusterTests(ApiServer server) : IClassFixture<ApiServer>
{
    private ICluster Cluster => server.Client.Cluster;

    [Fact]
    public async Task A_server_alone_is_a_cluster_of_one_silo()
    {
        await server.Client.CreateCollectionAsync("alone", CollectionSettings.ForVector(2, DistanceMetric.Dot, 3));
        await server.Client.UpsertAsync(new()
        {
            Collection = "alone",
            Points = [.. Enumerable.Range(0, 100).Select(i => new Point((ulong)i, new float[] { i, 1 }))],
        });

        var silo = Assert.Single((await Cluster.GetClusterAsync()).Silos);
        var shards = await Cluster.ListShardsAsync("alone");

        Assert.Equal(SiloState.Serving, silo.State);
        Assert.Equal([0, 1, 2], shards.Select(placed => placed.Shard.Index).Order());
        Assert.All(shards, placed => Assert.Equal(("alone", silo.Name), (placed.Shard.Collection, placed.Silo)));
        Assert.Equal(100, shards.Sum(placed => placed.PointCount));
        Assert.All(shards, placed => Assert.InRange(placed.ResidentBytes, 1, silo.ResidentBytes));
        Assert.Single(await Cluster.ListShardsAsync("alone", limit: 1));
        Assert.Empty(await Cluster.ListShardsAsync("another"));
        Assert.Empty(await Cluster.ListMovesAsync());

        var move = await Cluster.MoveShardAsync(shards[0].Shard, silo.Name);
        Assert.Equal((shards[0].Shard, silo.Name, ShardMoveStatus.Done), (move.Shard, move.To, move.Status));
    }

    [Fact]
    public async Task A_server_alone_can_not_be_drained_and_knows_no_other_silo()
    {
        var silo = Assert.Single((await Cluster.GetClusterAsync()).Silos);

        var refusal = await Assert.ThrowsAsync<InvalidRequestException>(() => Cluster.DrainAsync(silo.Name));
        Assert.Contains("only one silo", refusal.Message, StringComparison.Ordinal);
        var missing = await Assert.ThrowsAsync<NotFoundException>(
            () => Cluster.MoveShardAsync(new("alone", "", 0), "10.0.0.9:11111"));
        Assert.Equal(ErrorCodes.SiloNotFound, missing.Code);
        Assert.Contains(silo.Name, missing.Message, StringComparison.Ordinal);
        await Cluster.SuspendBalancingAsync(isSuspended: true);
    }

    [Theory]
    [InlineData("v1/cluster/shards?limit=0", null)]
    [InlineData("v1/cluster/shards?limit=many", null)]
    [InlineData("v1/cluster/moves", """{"collection":"c","shard":-1,"to":"local"}""")]
    [InlineData("v1/cluster/moves", """{"collection":"c","to":"local"}""")]
    [InlineData("v1/cluster/moves", """{"collection":"c","shard":0,"to":"local","from":"x"}""")]
    [InlineData("v1/cluster/drain", """{"silos":"local"}""")]
    [InlineData("v1/cluster/balancing", """{"suspended":1}""")]
    public async Task What_makes_no_sense_is_refused(string path, string? body)
    {
        var uri = new Uri(path, UriKind.Relative);
        using var answer = body is null
            ? await server.Http.GetAsync(uri)
            : await server.Http.PostAsync(uri, new StringContent(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }
}
