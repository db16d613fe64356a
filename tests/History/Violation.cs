namespace VectorCluster.Tests.History;

public enum ViolationKind
{
    /// <summary>No order exists, and it is none of the others.</summary>
    NoOrder,

    /// <summary>A value was read that nobody had written, or whose write was rejected.</summary>
    ValueFromNowhere,

    /// <summary>What an acknowledged write had written was gone.</summary>
    LostWrite,

    /// <summary>A value was read that had been deleted or replaced before.</summary>
    ResurrectedWrite,

    /// <summary>An older value was read after a newer one had been written, and the newer one was read
    /// afterwards.</summary>
    StaleRead,
}

/// <summary>Why a register has no order.</summary>
/// <param name="Window">Operations that have no order, as few as could be found, by invocation.</param>
public sealed record Violation(string Key, ViolationKind Kind, string Reason, IReadOnlyList<RegisterOperation> Window)
{
    /// <summary>The reason, and a line for each operation with its times in ticks from the first one's.</summary>
    public override string ToString()
    {
        var origin = Window.Min(operation => operation.Invoked);
        var lines = Window.Select(operation => "  " + operation.Describe(origin));
        return string.Join('\n', [$"Point {Key}: {Reason} These have no order:", .. lines]);
    }
}
