namespace VectorCluster.Ann.Bench;

/// <summary>An index that is measured beside others.</summary>
internal interface IContender : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Builds with two threads, or takes up the graph of an earlier run.</summary>
    /// <returns>Seconds; NaN: it was not built.</returns>
    Task<double> PrepareAsync(bool isReusing);

    /// <summary>Memory for vectors and graph.</summary>
    Task<long> BytesAsync();

    /// <summary>Searches for all queries, 10 neighbours each.</summary>
    /// <param name="found">int32[queries][10].</param>
    /// <returns>Seconds.</returns>
    Task<double> SearchAsync(int ef, int threads, int[] found);
}
