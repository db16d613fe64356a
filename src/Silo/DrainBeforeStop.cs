using VectorCluster.Grains;

namespace VectorCluster.Silo;

/// <summary>Drains the silo when the process is told to end, before anything stops: the API goes on serving, but says
/// that it is not ready.</summary>
internal sealed class DrainBeforeStop(SiloDrain drain, SiloSettings settings) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => drain.RunAsync(settings.DrainTimeout);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
