using VectorCluster.Api;
using VectorCluster.Coordinator;

namespace VectorCluster.Silo;

/// <summary>Has searches logged that this silo coordinated and that took long.</summary>
internal sealed class SlowSearchReports(DatabaseCoordinator coordinator, SiloSettings settings, SlowSearchLog log)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        coordinator.SlowSearches = new(settings.Telemetry.SlowSearch, search => log.Report(
            search.Collection, search.Namespace, search.Took, search.Limit, search.HasFilter, search.Plan));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
