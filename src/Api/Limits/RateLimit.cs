using System.Diagnostics;

namespace VectorCluster.Api;

/// <summary>So many requests a second on average, and a second's worth of them at once (a leaky bucket, kept as the
/// time at which it would be empty).</summary>
internal sealed class RateLimit
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly double _interval; // between two requests, in ticks of the clock
    private readonly double _slack; // how far ahead of the average a burst may be, likewise
    private double _emptyAt;

    /// <param name="perSecond">More than 0.</param>
    public RateLimit(double perSecond, TimeProvider time)
    {
        Debug.Assert(perSecond > 0);
        _time = time;
        PerSecond = perSecond;
        _interval = time.TimestampFrequency / perSecond;
        _slack = _interval * (Math.Max(1, Math.Ceiling(perSecond)) - 1);
        _emptyAt = time.GetTimestamp();
    }

    public double PerSecond { get; }

    /// <summary>Whether nothing of its past matters any more.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_lock) return _emptyAt <= _time.GetTimestamp();
        }
    }

    /// <param name="wait">Until the next request would pass.</param>
    public bool TryTake(out TimeSpan wait)
    {
        lock (_lock)
        {
            var now = _time.GetTimestamp();
            var ahead = Math.Max(0, _emptyAt - now);
            if (ahead > _slack)
            {
                wait = TimeSpan.FromSeconds((ahead - _slack) / _time.TimestampFrequency);
                return false;
            }

            _emptyAt = now + ahead + _interval;
            wait = TimeSpan.Zero;
            return true;
        }
    }
}
