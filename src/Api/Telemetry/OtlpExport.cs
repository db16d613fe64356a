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
    private const string HttpMeter = "Microsoft.AspNetCore.Hosting";

    private static readonly string[] Sources =
    [
        "VectorCluster.*",
        "Microsoft.Orleans.Application",
        "Microsoft.Orleans.Runtime",
        "Microsoft.Orleans.Lifecycle",
        "Npgsql",
    ];

    private static readonly string[] Meters = ["VectorCluster.*", "Microsoft.Orleans", "System.Runtime", "Npgsql"];

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public static ResourceBuilder Resource() => ResourceBuilder.CreateDefault().AddService(
        Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME") is { Length: > 0 } name ? name : DefaultName);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.SendsTraces) _traces = BuildTraces();
        if (options.SendsMetrics) _metrics = BuildMetrics();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _traces?.Dispose(); // sends what is left
        _metrics?.Dispose();
        return Task.CompletedTask;
    }

    private TracerProvider BuildTraces()
    {
        var traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(Resource()).AddSource(Sources);
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OTEL_TRACES_SAMPLER")))
            traces.SetSampler(new ParentBasedSampler(
                new BeginningSampler(options.SampleRatio, options.MaxTracesPerSecond, time)));
        return traces.AddOtlpExporter().Build();
    }

    private MeterProvider BuildMetrics()
    {
        var metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(Resource()).AddMeter(Meters);
        if (options.HttpMetrics) metrics.AddMeter(HttpMeter);
        return metrics.AddOtlpExporter().Build();
    }
}
