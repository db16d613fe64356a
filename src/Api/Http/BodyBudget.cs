namespace VectorCluster.Api;

/// <summary>Bytes that the bodies of all requests under way may take together: overload is answered, not
/// hoarded.</summary>
internal sealed class BodyBudget(long maxBytes = BodyBudget.DefaultMaxBytes)
{
    /// <summary>Eight bodies of the largest size, or thousands of usual ones.</summary>
    public const long DefaultMaxBytes = 8L * RequestBody.MaxBytes;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private long _taken;

    /// <exception cref="OverloadedException">There is no room; nothing was taken.</exception>
    public void Take(int bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= maxBytes) return;
        Return(bytes);
        throw new OverloadedException(
            "The bodies of the requests under way take all the memory set aside.", RetryAfter);
    }

    public void Return(int bytes) => Interlocked.Add(ref _taken, -bytes);
}
