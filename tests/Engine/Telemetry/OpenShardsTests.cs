using VectorCluster.Engine.Telemetry;

namespace VectorCluster.Engine.Tests.Telemetry;

/// <summary>However many tenants there are, the time series are bounded.</summary>
public sealed class OpenShardsTests
{
    [Fact]
    public void The_largest_namespaces_have_series_of_their_own_and_all_others_share_one()
    {
        var shards = Enumerable.Range(0, 10_000).SelectMany(i => new[]
        {
            (new ShardId("docs", $"tenant-{i}", 0), (long)i),
            (new ShardId("docs", $"tenant-{i}", 1), 1L),
        });

        var series = OpenShards.ByNamespace(shards)
            .ToDictionary(one => $"{one.Tags[0].Value}/{one.Tags[1].Value}", one => one.Value, StringComparer.Ordinal);

        Assert.Equal(OpenShards.MaxNamespaces + 1, series.Count);
        Assert.Equal(10_000, series["docs/tenant-9999"]);
        Assert.Equal(9_901, series["docs/tenant-9900"]);
        Assert.Equal(Enumerable.Range(0, 9_900).Sum(i => i + 1L), series["other/other"]);
    }

    [Fact]
    public void Few_namespaces_need_no_others()
    {
        var series = OpenShards.ByNamespace([(new ShardId("docs", "", 0), 3L)]);

        Assert.Equal(3, Assert.Single(series).Value);
    }
}
