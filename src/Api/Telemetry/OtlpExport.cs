using Microsoft.Extensions.Hosting;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace VectorCluster.Api;

/// <summary>Sends traces and metrics by OTLP while the process runs.</summary>
internal sealed class OtlpExport(TelemetryOptions options, TimeProvider time) : IHostedService
{
    private const string DefaultName = "vectorcluster";

    private static readonly string[] Sources =
    [
        "VectorCluster.*",
        "Microsoft.Orleans.Application",
        "Microsoft.Orleans.Runtime",
        "Microsoft.Orleans.Lifecycle",
        "Npgsql",
    ];

    private static readonly string[] Meters =
        ["VectorCluster.*", "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting", "System.Runtime", "Npgsql"];

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public static ResourceBuilder Resource() => ResourceBuilder.CreateDefault().AddService(
        Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME") is { Length: > 0 } name ? name : DefaultName);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(Resource()).AddSource(Sources);
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_TRACES_SAMPLER")))
            traces.SetSampler(new ParentBasedSampler(
                new BeginningSampler(options.SampleRatio, options.MaxTracesPerSecond, time)));
        _traces = traces.AddOtlpExporter().Build();
        _metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Resource())
            .AddMeter(Meters)
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
