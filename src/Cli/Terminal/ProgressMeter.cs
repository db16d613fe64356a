namespace VectorCluster.Cli;

/// <summary>How far a long work is, how fast it goes, and how long it will take.</summary>
/// <param name="unit">What is counted, in the plural.</param>
/// <param name="total">All of it; 0 if nobody knows.</param>
/// <param name="start">What was done before: it does not count for the rate.</param>
internal sealed class ProgressMeter(string unit, long total, long start, TimeProvider time)
{
    private readonly long _startedAt = time.GetTimestamp();
    private long _doneHere;

    public long Total => total;

    public long Done => start + Interlocked.Read(ref _doneHere);

    /// <summary>Why nothing moves at the moment; null if it does.</summary>
    public string? Note { get; set; }

    public TimeSpan Elapsed => time.GetElapsedTime(_startedAt);

    public double Rate => Interlocked.Read(ref _doneHere) / Math.Max(Elapsed.TotalSeconds, 0.001);

    public void Report(long done) => Interlocked.Exchange(ref _doneHere, done - start);

    public override string ToString()
    {
        if (Note is { } note) return note;
        var left = total > Done && Rate > 0 ? $", {Text(TimeSpan.FromSeconds((total - Done) / Rate))} left" : "";
        var of = total > 0 ? $" of {total:N0}" : "";
        return $"{Done:N0}{of} {unit}, {Rate:N0}/s{left}";
    }

    private static string Text(TimeSpan span) => span.TotalSeconds switch
    {
        < 60 => $"{Math.Ceiling(span.TotalSeconds):0} s",
        < 3600 => $"{span.TotalMinutes:0} min",
        _ => $"{span.TotalHours:0.0} h",
    };
}
