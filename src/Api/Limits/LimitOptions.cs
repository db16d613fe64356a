namespace VectorCluster.Api;

/// <summary>Bounds of what callers may ask for.</summary>
public sealed record LimitOptions
{
    /// <summary>Largest allowed value of <see cref="MaxBodyBytes"/>.</summary>
    internal const long MostBodyBytes = 1024L * 1024 * 1024;

    /// <summary>Largest body of a request. An upsert of 10,000 vectors of 1,024 dimensions takes about 50 MiB as text.
    /// All requests under way together may take eight times as much.</summary>
    /// <value>From 1024 to 1073741824, default 67108864 (64 MiB).</value>
    public long MaxBodyBytes { get; init; } = RequestBody.MaxBytes;

    /// <summary>Requests a second of each key that states no rate of its own, of each subject of tokens, and of all
    /// callers together where there are no keys. A second's worth may come at once. A batch counts once. Health and
    /// metrics are not limited.</summary>
    /// <value>From 0.001; 0 (default): no limit.</value>
    public double RequestsPerSecond { get; init; }

    /// <exception cref="ApiOptionsException">A value is out of its range.</exception>
    internal void Check()
    {
        if (MaxBodyBytes is < 1_024 or > MostBodyBytes)
            throw new ApiOptionsException(
                $"Limits:MaxBodyBytes is {MaxBodyBytes}; it must be 1024 to {MostBodyBytes}.");
        CheckRate("Limits:RequestsPerSecond", RequestsPerSecond);
    }

    internal static void CheckRate(string key, double perSecond)
    {
        if (perSecond is 0 or (>= 0.001 and <= 1e9)) return;
        throw new ApiOptionsException($"{key} is {perSecond}; it must be 0 (no limit), or 0.001 to 1000000000.");
    }
}
