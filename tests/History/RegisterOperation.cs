namespace VectorCluster.Tests.History;

public enum OperationKind
{
    Write,
    Delete,
    Read,
}

public enum OperationOutcome
{
    Ok,

    /// <summary>It may take effect at any time after its invocation, or never.</summary>
    Unknown,

    /// <summary>Certainly not done, now or later.</summary>
    Rejected,
}

/// <summary>What a process did to one register: a point, named by its id.</summary>
/// <param name="Value">Written or read; null: the register was read as absent, or it is a deletion. No two writes of a
/// register have the same value.</param>
/// <param name="Invoked">Timestamp in ticks of <see cref="System.Diagnostics.Stopwatch"/>: the monotonic clock, which
/// all processes of one machine share (CLOCK_MONOTONIC on Linux), but not those of two machines.</param>
/// <param name="Returned">Likewise; counts only where the outcome is <see cref="OperationOutcome.Ok"/>.</param>
public sealed record RegisterOperation(
    string Process,
    string Key,
    OperationKind Kind,
    string? Value,
    long Invoked,
    long Returned,
    OperationOutcome Outcome)
{
    public bool IsOk => Outcome == OperationOutcome.Ok;

    /// <summary>Whether it had ended before the other began, so that every order has it first.</summary>
    public bool Precedes(RegisterOperation other) => IsOk && Returned < other.Invoked;

    /// <param name="origin">Timestamp that times are told from.</param>
    public string Describe(long origin)
    {
        var what = Kind switch
        {
            OperationKind.Write => $"writes {Value}",
            OperationKind.Delete => "deletes",
            _ => Value is null ? "reads nothing" : $"reads {Value}",
        };
        return IsOk
            ? FormattableString.Invariant($"{Process} {what}, from {Invoked - origin} to {Returned - origin}")
            : FormattableString.Invariant($"{Process} {what}, from {Invoked - origin}, {Outcome}");
    }
}
