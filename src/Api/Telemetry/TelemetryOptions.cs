namespace VectorCluster.Api;

/// <summary>What the server tells of itself, besides /metrics.</summary>
public sealed record TelemetryOptions
{
    private static readonly string[] EndpointVariables =
    [
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
    ];

    /// <summary>Sends traces, metrics and logs by OTLP. Where to and how, OpenTelemetry's standard environment
    /// variables say (OTEL_EXPORTER_OTLP_ENDPOINT and so on); where one of them names an endpoint, this is
    /// true.</summary>
    /// <value>Default false: unless a variable names an endpoint, nothing is sent.</value>
    public bool Otlp { get; init; }

    /// <summary>Share of the traces that begin here which are sent; one that a caller has begun is sent if the caller
    /// sends its part. OTEL_TRACES_SAMPLER counts more.</summary>
    /// <value>0 to 1, default 0.05.</value>
    public double SampleRatio { get; init; } = 0.05;

    /// <summary>Traces that begin here and are sent, at most, a second. A second's worth may begin at once. Those that
    /// callers have begun don't count. OTEL_TRACES_SAMPLER counts more.</summary>
    /// <value>From 0.001, default 20; 0: no limit.</value>
    public double MaxTracesPerSecond { get; init; } = 20;

    /// <summary>A search that takes so long is logged, with its plan.</summary>
    /// <value>Default 00:00:01; 00:00:00: none is.</value>
    public TimeSpan SlowSearch { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Logs to the console as one JSON object a line, within a trace with its ids.</summary>
    /// <value>Default false: as text.</value>
    public bool JsonLogs { get; init; }

    internal bool IsExporting =>
        Otlp || EndpointVariables.Any(name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)));

    /// <exception cref="ApiOptionsException">A value is out of its range.</exception>
    internal void Check()
    {
        if (!(SampleRatio is >= 0 and <= 1))
            throw new ApiOptionsException($"Telemetry:SampleRatio is {SampleRatio}; it must be 0 to 1.");
        LimitOptions.CheckRate("Telemetry:MaxTracesPerSecond", MaxTracesPerSecond);
        if (SlowSearch < TimeSpan.Zero)
            throw new ApiOptionsException($"Telemetry:SlowSearch is {SlowSearch}; it must not be negative.");
    }
}
