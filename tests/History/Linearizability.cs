namespace VectorCluster.Tests.History;

/// <summary>Checks that there is one order of all operations in which every read sees the last write before it, and no
/// operation comes before one that had ended when it began (Herlihy and Wing, 1990).</summary>
/// <remarks>
/// Registers are independent, so each is searched by itself (<see cref="RegisterSearch"/>). Thousands of operations a
/// register are searched in milliseconds as long as a handful of them overlap.
/// </remarks>
public static class Linearizability
{
    /// <returns>Null: there is such an order. Else what is wrong with the first register, by key, that has
    /// none.</returns>
    /// <exception cref="ArgumentException">Two writes of one register have the same value, or a write has
    /// none.</exception>
    public static Violation? Check(IEnumerable<RegisterOperation> history)
    {
        foreach (var register in history.GroupBy(operation => operation.Key, StringComparer.Ordinal)
            .OrderBy(register => register.Key, StringComparer.Ordinal))
        {
            List<RegisterOperation> operations = [.. register];
            CheckValues(operations);
            if (!RegisterSearch.HasOrder(operations)) return Diagnosis.Of(operations);
        }

        return null;
    }

    private static void CheckValues(List<RegisterOperation> operations)
    {
        var values = new HashSet<string>(StringComparer.Ordinal);
        foreach (var write in operations.Where(operation => operation.Kind == OperationKind.Write))
            if (write.Value is null || !values.Add(write.Value))
                throw new ArgumentException(
                    $"Register {write.Key}: a write needs a value of its own, not '{write.Value}'.",
                    nameof(operations));
    }
}
