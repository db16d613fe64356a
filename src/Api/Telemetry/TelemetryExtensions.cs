using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
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
        KeepContextsEmpty(builder.Logging);
        builder.Services.AddSingleton<SlowSearchLog>();
        builder.Services.TryAddSingleton(TimeProvider.System);
        if (options.SendsTraces || options.SendsMetrics)
            builder.Services.AddHostedService(provider =>
                new OtlpExport(options, provider.GetRequiredService<TimeProvider>()));
        if (options.SendsLogs)
            builder.Logging.AddOpenTelemetry(logging =>
            {
                logging.IncludeFormattedMessage = true;
                logging.SetResourceBuilder(OtlpExport.Resource());
                logging.AddOtlpExporter();
            });
    }

    /// <summary>Keeps ASP.NET Core from giving each request an activity and log scopes, because they might be logged:
    /// what a request carries is restored at each of its continuations. <see cref="RequestActivity"/> begins those that
    /// somebody sees.</summary>
    private static void KeepContextsEmpty(ILoggingBuilder logging)
    {
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        logging.Services.Configure<LoggerFilterOptions>(filter => filter.CaptureScopes = false);
    }
}
