using System.Collections.Concurrent;

namespace VectorCluster.Api;

/// <summary>A rate limit for each subject of tokens, of whom there may be any number: those that were idle for a while
/// are forgotten, and past the bound newcomers share one.</summary>
internal sealed class TokenRateLimits(double perSecond, TimeProvider time)
{
    public const int MaxSubjects = 10_000;

    private readonly ConcurrentDictionary<string, RateLimit> _limits = new(StringComparer.Ordinal);
    private readonly RateLimit _shared = new(perSecond, time);

    public RateLimit Of(string subject)
    {
        if (_limits.TryGetValue(subject, out var limit)) return limit;
        if (_limits.Count >= MaxSubjects) ForgetIdle();
        return _limits.Count >= MaxSubjects ? _shared : _limits.GetOrAdd(subject, _ => new(perSecond, time));
    }

    private void ForgetIdle()
    {
        foreach (var entry in _limits)
            if (entry.Value.IsIdle) _limits.TryRemove(entry);
    }
}
