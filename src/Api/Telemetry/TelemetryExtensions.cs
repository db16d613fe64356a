using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;

namespace VectorCluster.Api;

/// <summary>Sets up what a host tells of itself.</summary>
public static class TelemetryExtensions
{
    /// <summary>Logs to the console; and sends logs, traces and metrics by OTLP where that is wanted.</summary>
    public static void AddVectorClusterTelemetry(this IHostApplicationBuilder builder, TelemetryOptions options)
    {
        builder.Logging.ClearProviders();
        if (options.JsonLogs) builder.Logging.AddJsonConsole(console => console.IncludeScopes = true);
        else builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.Configure(logging =>
            logging.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        builder.Services.AddSingleton<SlowSearchLog>();
        if (!options.IsExporting) return;
        builder.Services.AddHostedService(_ => new OtlpExport(options));
        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.SetResourceBuilder(OtlpExport.Resource());
            logging.AddOtlpExporter();
        });
    }
}
