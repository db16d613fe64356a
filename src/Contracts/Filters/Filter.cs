namespace VectorCluster;

/// <summary>Which points a request is about. A point passes if all of <see cref="Must"/>, none of
/// <see cref="MustNot"/>, at least one of <see cref="Should"/> (if there is any) and enough of <see cref="MinShould"/>
/// hold.</summary>
/// <remarks>A filter is a condition too, so filters nest. An empty filter passes every point.</remarks>
public sealed record Filter : Condition
{
    /// <summary>Deepest nesting of filters in filters.</summary>
    public const int MaxDepth = 16;

    /// <summary>Most conditions in one filter, nested ones included.</summary>
    public const int MaxConditions = 1_024;

    public IReadOnlyList<Condition> Must { get; init; } = [];

    public IReadOnlyList<Condition> Should { get; init; } = [];

    public IReadOnlyList<Condition> MustNot { get; init; } = [];

    public MinShould? MinShould { get; init; }

    public bool IsEmpty => Must.Count == 0 && Should.Count == 0 && MustNot.Count == 0 && MinShould is null;

    public static Filter All(params IReadOnlyList<Condition> conditions) => new() { Must = conditions };

    public static Filter Any(params IReadOnlyList<Condition> conditions) => new() { Should = conditions };

    public static Filter None(params IReadOnlyList<Condition> conditions) => new() { MustNot = conditions };
}

/// <summary>At least <paramref name="MinCount"/> of the conditions hold.</summary>
public sealed record MinShould(IReadOnlyList<Condition> Conditions, int MinCount);
