namespace VectorCluster.Cli;

/// <summary>Refuses a vector here, where the row is known, rather than in the database, where a whole batch would
/// fail.</summary>
internal static class VectorCheck
{
    /// <summary>Largest magnitude that the database takes.</summary>
    private const float MaxMagnitude = 1e16f;

    public static void Elements(ReadOnlySpan<float> vector, string path, long row)
    {
        for (var i = 0; i < vector.Length; i++)
            if (!(MathF.Abs(vector[i]) <= MaxMagnitude)) // NaN fails it too
                throw new BadRowException(
                    path, row, $"element {i} is {vector[i]}, not a number between ±{MaxMagnitude:0e0}.");
    }
}
