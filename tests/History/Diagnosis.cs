namespace VectorCluster.Tests.History;

/// <summary>Finds out what is wrong with a register that has no order.</summary>
internal static class Diagnosis
{
    public static Violation Of(IReadOnlyList<RegisterOperation> operations)
    {
        var key = operations[0].Key;
        List<RegisterOperation> history =
        [
            .. operations.Where(operation => operation.Outcome != OperationOutcome.Rejected)
                .OrderBy(operation => operation.Invoked),
        ];
        return FromNowhere(key, operations) ?? InWindow(key, history, SmallestWindow.Of(history));
    }

    private static Violation? FromNowhere(string key, IReadOnlyList<RegisterOperation> operations)
    {
        foreach (var read in Reads(operations).Where(read => read.Value is not null))
        {
            var write = operations.FirstOrDefault(
                operation => operation.Kind == OperationKind.Write && operation.Value == read.Value);
            var reason = write switch
            {
                null => $"{read.Value} was read, and nobody wrote it.",
                { Outcome: OperationOutcome.Rejected } => $"{read.Value} was read, and its write was rejected.",
                _ when read.Precedes(write) => $"{read.Value} was read before it was written.",
                _ => null,
            };
            if (reason is null) continue;
            return new(key, ViolationKind.ValueFromNowhere, reason, write is null ? [read] : [write, read]);
        }

        return null;
    }

    private static Violation InWindow(
        string key, List<RegisterOperation> history, IReadOnlyList<RegisterOperation> window)
    {
        foreach (var read in Reads(window).OrderBy(read => read.Returned))
            if (OfRead(read, history, window) is var (kind, reason)) return new(key, kind, reason, window);
        return new(key, ViolationKind.NoOrder, "it is no register.", window);
    }

    private static (ViolationKind Kind, string Reason)? OfRead(
        RegisterOperation read, List<RegisterOperation> history, IReadOnlyList<RegisterOperation> window)
    {
        var newer = Newer(read, history, window);
        if (newer is null) return null;
        var (what, isSeen) = newer.Value;
        var value = read.Value ?? "nothing";
        if (isSeen && IsSeenLater(what, read, history))
            return (ViolationKind.StaleRead, $"{read.Process} read {value}, which is stale.");
        if (read.Value is not null && (isSeen || what.Kind == OperationKind.Delete))
            return (ViolationKind.ResurrectedWrite, $"{value} was read after it had been deleted or replaced.");
        if (IsSeenLater(what, read, history))
            return (ViolationKind.StaleRead, $"{read.Process} read {value}, which is stale.");
        var lost = what.Kind == OperationKind.Delete ? $"a deletion by {what.Process}" : what.Value;
        return (
            ViolationKind.LostWrite, $"{value} was read after {lost} had been {(isSeen ? "read" : "acknowledged")}.");
    }

    /// <summary>Something that must have come between the value that a read saw and the read: a read of another value,
    /// or an acknowledged write.</summary>
    private static (RegisterOperation What, bool IsSeen)? Newer(
        RegisterOperation read, List<RegisterOperation> history, IReadOnlyList<RegisterOperation> window)
    {
        // Whatever shows that the value was there already; absence is there from the start.
        List<RegisterOperation> signs = [.. history.Where(
            operation => operation.Value == read.Value && operation.Kind != OperationKind.Delete)];
        bool IsAfterValue(RegisterOperation operation) =>
            read.Value is null
                ? !Deletes(history).Any(delete => !delete.Precedes(operation) && !read.Precedes(delete))
                : signs.Exists(sign => sign.Precedes(operation));

        var between = history.Where(operation => operation.Precedes(read) && IsAfterValue(operation)).ToList();
        var seen = between.LastOrDefault(
            operation => operation.Kind == OperationKind.Read && operation.Value != read.Value);
        if (seen is not null) return (seen, IsSeen: true);
        var written = between.LastOrDefault(operation => operation.Kind != OperationKind.Read
            && operation.Value != read.Value && window.Contains(operation));
        return written is null ? null : (written, IsSeen: false);
    }

    /// <summary>Whether what was newer is read after the read. Absence that another deletion may have caused does not
    /// count.</summary>
    private static bool IsSeenLater(
        RegisterOperation newer, RegisterOperation read, List<RegisterOperation> history) =>
        Reads(history).Any(later => read.Precedes(later) && later.Value == newer.Value)
        && (newer.Value is not null || !Deletes(history).Any(delete => !delete.Precedes(read)));

    private static IEnumerable<RegisterOperation> Reads(IEnumerable<RegisterOperation> operations) =>
        operations.Where(operation => operation is { Kind: OperationKind.Read, IsOk: true });

    private static IEnumerable<RegisterOperation> Deletes(IEnumerable<RegisterOperation> operations) =>
        operations.Where(operation => operation.Kind == OperationKind.Delete);
}
