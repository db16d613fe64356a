namespace VectorCluster.Storage.Postgres;

/// <summary>Bounds how many checkpoints and loads run at once, so that appends always find a connection.</summary>
internal sealed class BulkGate : IDisposable
{
    private const int MaxRunning = 8;

    private readonly SemaphoreSlim _places = new(MaxRunning, MaxRunning);

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
