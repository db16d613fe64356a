using VectorCluster.Tests.History;

namespace VectorCluster.Harness.Tests.History;

/// <summary>The definition of an order, tried with every permutation of every choice of unknown operations.</summary>
internal static class BruteForce
{
    public static bool HasOrder(IReadOnlyList<RegisterOperation> history)
    {
        List<RegisterOperation> open = [.. history.Where(operation => operation.IsOk
            || (operation.Outcome == OperationOutcome.Unknown && operation.Kind != OperationKind.Read))];
        return HasOrder(open, value: null);
    }

    private static bool HasOrder(List<RegisterOperation> open, string? value)
    {
        if (!open.Exists(operation => operation.IsOk)) return true; // the unknown ones did not happen
        foreach (var next in open)
        {
            if (open.Exists(other => other.Precedes(next))) continue;
            if (next.Kind == OperationKind.Read && next.Value != value) continue;
            var after = next.Kind == OperationKind.Read ? value : next.Value;
            if (HasOrder([.. open.Where(other => !ReferenceEquals(other, next))], after)) return true;
        }

        return false;
    }
}
