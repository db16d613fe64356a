using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace VectorCluster.Silo;

/// <summary>Sends traces and metrics by OTLP while the process runs.</summary>
internal sealed class Telemetry : IHostedService
{
    private const string Name = "vectorcluster";

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _traces = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService(Name))
            .AddSource("Microsoft.Orleans.Application", "Microsoft.Orleans.Runtime", "Microsoft.AspNetCore", "Npgsql")
            .AddOtlpExporter()
            .Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource.AddService(Name))
            .AddMeter("Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "System.Runtime", "Npgsql", "VectorCluster*")
            .AddOtlpExporter()
            .Build();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _traces?.Dispose(); // sends what is left
        _metrics?.Dispose();
        return Task.CompletedTask;
    }
}
