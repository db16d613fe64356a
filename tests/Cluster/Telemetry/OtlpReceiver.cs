using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;

namespace VectorCluster.Cluster.Tests.Telemetry;

/// <summary>Takes what OTLP over HTTP brings, and keeps the spans and the names of metrics.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<ReceivedSpan> _spans = new();
    private readonly ConcurrentDictionary<string, int> _metrics = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _requests = new(StringComparer.Ordinal);
    private readonly Task _running;

    public OtlpReceiver()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Endpoint = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add(Endpoint + "/");
        _listener.Start();
        _running = RunAsync();
    }

    public string Endpoint { get; }

    public IReadOnlyList<ReceivedSpan> Spans => [.. _spans];

    public bool HasMetric(string name) => _metrics.ContainsKey(name);

    /// <summary>Whether anything came by a path, such as <c>/v1/logs</c>.</summary>
    public bool Got(string path) => _requests.ContainsKey(path);

    /// <summary>The variables with which a process sends here, soon and all of it.</summary>
    public (string Key, string Value)[] Variables =>
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", Endpoint),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ("OTEL_BSP_SCHEDULE_DELAY", "100"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "100"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "500"),
    ];

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _running;
    }

    private async Task RunAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return; // closed
            }

            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            var path = context.Request.Url!.AbsolutePath;
            _requests[path] = 1;
            Keep(path, Inflated(body, context.Request.Headers["Content-Encoding"]));
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
    }

    private void Keep(string path, byte[] message)
    {
        if (path == "/v1/traces")
            foreach (var span in OtlpMessage.ReadSpans(message)) _spans.Enqueue(span);
        if (path == "/v1/metrics")
            foreach (var name in OtlpMessage.ReadMetricNames(message)) _metrics[name] = 1;
    }

    private static byte[] Inflated(MemoryStream body, string? encoding)
    {
        if (encoding != "gzip") return body.ToArray();
        body.Position = 0;
        using var inflated = new MemoryStream();
        using var gzip = new GZipStream(body, CompressionMode.Decompress);
        gzip.CopyTo(inflated);
        return inflated.ToArray();
    }
}
