namespace VectorCluster.Tests.History;

/// <summary>Makes a history without an order small, so that a person can see why it has none.</summary>
/// <remarks>Only such operations are left out that a history with an order could spare: reads, writes together with all
/// their reads, and deletions that no read of absence comes after. So what is left has no order because of what
/// happened, not because of what was left out.</remarks>
internal static class SmallestWindow
{
    public static IReadOnlyList<RegisterOperation> Of(IReadOnlyList<RegisterOperation> history)
    {
        var window = ShortestBeginning(history);
        for (var size = Math.Max(1, window.Count / 2); ; size = Math.Max(1, size / 2))
        {
            var smaller = LeaveOut(window, size);
            if (size == 1 && smaller.Count == window.Count) return smaller;
            window = smaller;
        }
    }

    /// <summary>Up to the first moment at which no order is left. An order of everything is, cut off, an order of any
    /// beginning; so that moment can be bisected.</summary>
    private static List<RegisterOperation> ShortestBeginning(IReadOnlyList<RegisterOperation> history)
    {
        List<long> ends =
            [.. history.Where(operation => operation.IsOk).Select(operation => operation.Returned).Order()];
        var (low, high) = (0, ends.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (RegisterSearch.HasOrder(UpTo(history, ends[middle]))) low = middle + 1;
            else high = middle;
        }

        return UpTo(history, ends[high]);
    }

    /// <summary>The history as it was known at a moment: what had not returned was unknown.</summary>
    private static List<RegisterOperation> UpTo(IReadOnlyList<RegisterOperation> history, long moment) =>
    [
        .. history
            .Where(operation => operation.Invoked <= moment
                && (operation.Kind != OperationKind.Read || (operation.IsOk && operation.Returned <= moment)))
            .Select(operation => operation.Returned <= moment
                ? operation
                : operation with { Outcome = OperationOutcome.Unknown }),
    ];

    /// <summary>Tries to do without each run of operations of a length.</summary>
    private static List<RegisterOperation> LeaveOut(List<RegisterOperation> window, int size)
    {
        for (var start = 0; start < window.Count;)
        {
            var smaller = Without(window, window.Slice(start, Math.Min(size, window.Count - start)));
            if (smaller.Count < window.Count && !RegisterSearch.HasOrder(smaller)) window = smaller;
            else start += size;
        }

        return window;
    }

    private static List<RegisterOperation> Without(
        List<RegisterOperation> window, List<RegisterOperation> unwanted)
    {
        var others = unwanted.Where(operation => operation.Kind != OperationKind.Delete).ToHashSet();
        var values = others.Where(operation => operation.Kind == OperationKind.Write)
            .Select(write => write.Value!).ToHashSet(StringComparer.Ordinal);
        List<RegisterOperation> left = [.. window.Where(operation => !others.Contains(operation)
            && !(operation is { Kind: OperationKind.Read, Value: not null } && values.Contains(operation.Value)))];
        var lastAbsence = left.Where(operation => operation is { Kind: OperationKind.Read, Value: null })
            .Select(read => read.Returned).DefaultIfEmpty(long.MinValue).Max();
        var deletes = unwanted
            .Where(operation => operation.Kind == OperationKind.Delete && operation.Invoked > lastAbsence).ToHashSet();
        return [.. left.Where(operation => !deletes.Contains(operation))];
    }
}
