using VectorCluster.Cluster.Tests.Processes;

namespace VectorCluster.Cluster.Tests.Telemetry;

/// <summary>Which of traces, metrics and logs a silo sends by OTLP.</summary>
public sealed class OtlpExportTests
{
    private const string RequestSeconds = "http.server.request.duration";

    // Goal: what is kept back by the standard variables is not sent, and ASP.NET Core's metrics come only where they
    // are wanted. Method: a silo that records every request and logs every search; its metrics tell when the rest would
    // be there, as it is sent five times as often.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_called_none_is_not_sent(bool wantsHttpMetrics)
    {
        await using var receiver = new OtlpReceiver();
        var directory = Directory.CreateTempSubdirectory("vectorcluster-otlp-").FullName;
        await using (var silo = await SiloProcess.StartAsync(
        [
            ("DataDirectory", directory), .. receiver.Variables, ("OTEL_TRACES_EXPORTER", "none"),
            ("OTEL_LOGS_EXPORTER", "none"), ("OTEL_METRICS_EXPORTER", "otlp"), ("Telemetry__SampleRatio", "1"),
            ("Telemetry__SlowSearch", "00:00:00.0000001"), ("Telemetry__HttpMetrics", $"{wantsHttpMetrics}"),
        ]))
        {
            await silo.Http.CreateCollectionAsync("docs", CollectionSettings.ForVector(2, DistanceMetric.Dot));
            await silo.Http.UpsertAsync(new() { Collection = "docs", Points = [new(1, new float[] { 1, 1 })] });
            var query = new NearestQuery(new float[] { 1, 1 });
            await silo.Http.SearchAsync(new() { Collection = "docs", Query = query });
            await Eventually.IsAsync(
                () => Task.FromResult((receiver.HasMetric("vector_query_total"), receiver.HasMetric(RequestSeconds))),
                got => got == (true, wantsHttpMetrics));

            Assert.Contains("Slow search in docs", silo.Output, StringComparison.Ordinal);
        }

        Assert.False(receiver.Got("/v1/traces"));
        Assert.False(receiver.Got("/v1/logs"));
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task An_exporter_that_is_not_there_is_refused()
    {
        var (exitCode, error) = await SiloProcess.RunAsync(("OTEL_METRICS_EXPORTER", "prometheus"));

        Assert.Equal(2, exitCode);
        Assert.Contains("OTEL_METRICS_EXPORTER is prometheus; it must be otlp", error, StringComparison.Ordinal);
    }
}
