namespace VectorCluster.Api;

/// <summary>Bytes that the bodies of all requests under way may take together: overload is answered, not
/// hoarded.</summary>
/// <param name="maxBodyBytes">Of one body.</param>
/// <param name="maxBytes">Null: as much as some bodies of the largest size.</param>
internal sealed class BodyBudget(long maxBodyBytes = RequestBody.MaxBytes, long? maxBytes = null)
{
    /// <summary>Bodies of the largest size that have room together; of usual ones, thousands.</summary>
    private const int LargestBodies = 8;

    /// <summary>Buffers take more than small bodies need.</summary>
    private const int LeastBytes = 1024 * 1024;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly long _maxBytes = maxBytes ?? LargestBodies * Math.Max(maxBodyBytes, LeastBytes);
    private long _taken;

    public long MaxBodyBytes => maxBodyBytes;

    /// <exception cref="OverloadedException">There is no room; nothing was taken.</exception>
    public void Take(int bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= _maxBytes) return;
        Return(bytes);
        throw new OverloadedException(
            "The bodies of the requests under way take all the memory set aside.", RetryAfter);
    }

    public void Return(int bytes) => Interlocked.Add(ref _taken, -bytes);
}
