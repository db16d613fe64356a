namespace VectorCluster.Storage.Postgres;

/// <summary>Bounds how many checkpoints and loads run at once, so that appends always find a connection.</summary>
/// <param name="poolSize">Connections that there are.</param>
/// <param name="loadConnections">Connections that a load takes.</param>
internal sealed class BulkGate(int poolSize, int loadConnections) : IDisposable
{
    private const int MaxRunning = 8;

    /// <summary>Connections that stay for the lease, appends and the catalogue.</summary>
    private const int Reserved = 4;

    private readonly SemaphoreSlim _places = new(Math.Clamp((poolSize - Reserved) / loadConnections, 1, MaxRunning));

    public async ValueTask<Turn> EnterAsync(CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        return new(_places);
    }

    public void Dispose() => _places.Dispose();

    internal readonly struct Turn(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
