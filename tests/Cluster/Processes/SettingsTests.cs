using Microsoft.Extensions.Configuration;
using VectorCluster.Silo;

namespace VectorCluster.Cluster.Tests.Processes;

/// <summary>What a silo makes of its settings.</summary>
public sealed class SettingsTests
{
    // Goal: a silo that has its files for itself asks nobody whether it may read.
    [Theory]
    [InlineData(null, 0)]
    [InlineData("Host=db", 2)]
    public void Only_silos_that_share_a_store_read_under_a_lease(string? postgres, int seconds)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("VectorCluster:Postgres", postgres)]).Build();

        var options = SiloSettings.Read(configuration).ClusterOptions;

        Assert.Equal(TimeSpan.FromSeconds(seconds), options.ReadLease);
    }
}
