namespace VectorCluster.Cluster.Bench;

/// <summary>The ways into the cluster, taken in turn: every other call through the Orleans client, the others through
/// the HTTP API of silos that are ready.</summary>
internal sealed class Doors(IVectorDatabase orleans, IReadOnlyList<HttpDoor> http)
{
    private int _turn;

    public (string Name, IVectorDatabase Database) Next()
    {
        var turn = Interlocked.Increment(ref _turn);
        if (turn % 2 == 0) return ("Orleans", orleans);
        for (var i = turn / 2; i < (turn / 2) + http.Count; i++)
        {
            var number = i % http.Count;
            if (http[number].IsReady) return ($"HTTP of silo {number}", http[number].Database);
        }

        return ("Orleans", orleans);
    }
}
