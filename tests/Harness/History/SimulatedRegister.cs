using VectorCluster.Tests.History;

namespace VectorCluster.Harness.Tests.History;

/// <summary>A register that does what registers do, at moments that its callers don't know.</summary>
internal static class SimulatedRegister
{
    private const int Step = 100;

    /// <param name="overlap">About how many operations are under way at a time.</param>
    public static IReadOnlyList<RegisterOperation> Run(int seed, int operations, int overlap)
    {
        var random = new Random(seed);
        var plans = new List<Plan>();
        for (var i = 0; i < operations; i++)
        {
            var invoked = (long)i * Step;
            var kind = random.Next(20) switch
            {
                < 8 => OperationKind.Write,
                < 11 => OperationKind.Delete,
                _ => OperationKind.Read,
            };
            var outcome = random.Next(20) switch
            {
                0 => OperationOutcome.Rejected,
                1 or 2 => OperationOutcome.Unknown,
                < 15 when kind == OperationKind.Delete => OperationOutcome.Unknown, // the hardest to check
                _ => OperationOutcome.Ok,
            };
            var delay = random.Next(1, overlap * Step);
            if (outcome == OperationOutcome.Unknown) delay *= random.Next(1, 20); // it may happen long after
            var happens = outcome switch
            {
                OperationOutcome.Ok => true,
                OperationOutcome.Rejected => false,
                _ => random.Next(2) == 0,
            };
            var returned = invoked + delay + random.Next(1, Step);
            plans.Add(new(
                new("p", "7", kind, kind == OperationKind.Write ? $"v{i}" : null, invoked, returned, outcome),
                happens ? invoked + delay : null));
        }

        string? value = null;
        var done = new List<RegisterOperation>();
        foreach (var plan in plans.OrderBy(plan => plan.HappensAt ?? long.MaxValue))
        {
            var operation = plan.Operation;
            if (operation.Kind == OperationKind.Read) operation = operation with { Value = value };
            else if (plan.HappensAt is not null) value = operation.Value;
            done.Add(operation);
        }

        return [.. done.OrderBy(operation => operation.Invoked)];
    }

    private sealed record Plan(RegisterOperation Operation, long? HappensAt);
}
