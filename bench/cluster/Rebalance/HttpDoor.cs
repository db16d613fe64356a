using VectorCluster.Client.Http;

namespace VectorCluster.Cluster.Bench;

/// <summary>One silo's HTTP API, as a load balancer sees it: to be used while its /readyz says so.</summary>
internal sealed class HttpDoor : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _ending = new();
    private readonly HttpClient _probe = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly VectorClusterHttpClient _client;
    private readonly Task _probing;

    public HttpDoor(Uri address)
    {
        _client = VectorClusterHttpClient.Connect(address);
        _probing = ProbeAsync(new(address, "readyz"));
    }

    public IVectorDatabase Database => _client;

    public ICluster Cluster => _client.Cluster;

    public bool IsReady { get; private set; } = true;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _probing;
        _client.Dispose();
        _probe.Dispose();
        _ending.Dispose();
    }

    private async Task ProbeAsync(Uri readiness)
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                using var answer = await _probe.GetAsync(readiness, _ending.Token);
                IsReady = answer.IsSuccessStatusCode;
                await Task.Delay(Interval, TimeProvider.System, _ending.Token);
            }
            catch (HttpRequestException)
            {
                IsReady = false;
                await Task.Delay(Interval, TimeProvider.System);
            }
            catch (OperationCanceledException)
            {
                // The end, or an answer that did not come in time.
                IsReady = false;
            }
        }
    }
}
