namespace VectorCluster.Api;

/// <summary>What the server tells of itself, besides /metrics.</summary>
public sealed record TelemetryOptions
{
    private const string TracesVariable = "OTEL_TRACES_EXPORTER";
    private const string MetricsVariable = "OTEL_METRICS_EXPORTER";
    private const string LogsVariable = "OTEL_LOGS_EXPORTER";
    private const string ByOtlp = "otlp";
    private const string None = "none";

    private static readonly string[] EndpointVariables =
    [
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
        "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
    ];

    /// <summary>Sends traces, metrics and logs by OTLP. Where to and how, OpenTelemetry's standard environment
    /// variables say (OTEL_EXPORTER_OTLP_ENDPOINT and so on); where one of them names an endpoint, this is true.
    /// OTEL_TRACES_EXPORTER, OTEL_METRICS_EXPORTER and OTEL_LOGS_EXPORTER keep back what they call none.</summary>
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

    /// <summary>Sends ASP.NET Core's metrics of requests by OTLP too: http.server.request.duration and
    /// http.server.active_requests. They cost some 6 µs of CPU a request, more than all else that is told of it; how
    /// many requests there were, and how long they took, the server's own metrics say.</summary>
    /// <value>Default false.</value>
    public bool HttpMetrics { get; init; }

    /// <summary>A search that takes so long is logged, with its plan.</summary>
    /// <value>Default 00:00:01; 00:00:00: none is.</value>
    public TimeSpan SlowSearch { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Logs to the console as one JSON object a line, within a trace with its ids.</summary>
    /// <value>Default false: as text.</value>
    public bool JsonLogs { get; init; }

    internal bool SendsTraces => IsExporting && IsWanted(TracesVariable);

    internal bool SendsMetrics => IsExporting && IsWanted(MetricsVariable);

    internal bool SendsLogs => IsExporting && IsWanted(LogsVariable);

    private bool IsExporting =>
        Otlp || EndpointVariables.Any(name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)));

    /// <exception cref="ApiOptionsException">A value is out of its range, or a variable names what is not
    /// there.</exception>
    internal void Check()
    {
        if (!(SampleRatio is >= 0 and <= 1))
            throw new ApiOptionsException($"Telemetry:SampleRatio is {SampleRatio}; it must be 0 to 1.");
        LimitOptions.CheckRate("Telemetry:MaxTracesPerSecond", MaxTracesPerSecond);
        if (SlowSearch < TimeSpan.Zero)
            throw new ApiOptionsException($"Telemetry:SlowSearch is {SlowSearch}; it must not be negative.");
        foreach (var name in (string[])[TracesVariable, MetricsVariable, LogsVariable])
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value and not (ByOtlp or None))
                throw new ApiOptionsException($"{name} is {value}; it must be {ByOtlp} or {None}.");
    }

    private static bool IsWanted(string variable) => Environment.GetEnvironmentVariable(variable) != None;
}
