namespace VectorCluster;

/// <summary>The points that a deletion or a payload change is about.</summary>
public abstract record PointSelector
{
    private protected PointSelector()
    {
    }

    public static PointSelector ByIds(params IReadOnlyList<PointId> ids) => new PointIdsSelector(ids);

    public static PointSelector ByFilter(Filter filter) => new PointFilterSelector(filter);
}

public sealed record PointIdsSelector(IReadOnlyList<PointId> Ids) : PointSelector;

public sealed record PointFilterSelector(Filter Filter) : PointSelector;

/// <summary>How much of the payload comes back.</summary>
public sealed record PayloadSelector
{
    private PayloadSelector(PayloadSelection selection, IReadOnlyList<PayloadPath> paths)
    {
        Selection = selection;
        Paths = paths;
    }

    public static PayloadSelector None { get; } = new(PayloadSelection.None, []);

    public static PayloadSelector All { get; } = new(PayloadSelection.All, []);

    public PayloadSelection Selection { get; }

    public IReadOnlyList<PayloadPath> Paths { get; }

    public static PayloadSelector Include(params IReadOnlyList<PayloadPath> paths) =>
        new(PayloadSelection.Include, paths);

    public static PayloadSelector Exclude(params IReadOnlyList<PayloadPath> paths) =>
        new(PayloadSelection.Exclude, paths);
}

public enum PayloadSelection : byte
{
    None,
    All,
    Include,
    Exclude,
}

/// <summary>Which vectors come back.</summary>
/// <param name="Names">Null: all of them.</param>
public sealed record VectorSelector(IReadOnlyList<string>? Names)
{
    public static VectorSelector None { get; } = new([]);

    public static VectorSelector All { get; } = new(Names: null);

    public bool IsNone => Names is { Count: 0 };
}
