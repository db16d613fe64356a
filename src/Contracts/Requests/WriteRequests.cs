namespace VectorCluster;

/// <summary>Writes whole points; a point that exists under the same id is replaced.</summary>
public sealed record UpsertRequest
{
    /// <summary>Most points in one request.</summary>
    public const int MaxPoints = 100_000;

    public required string Collection { get; init; }

    /// <summary>The tenant's namespace, made by this write if it is new. Empty: the default one.</summary>
    public string Namespace { get; init; } = "";

    public required IReadOnlyList<Point> Points { get; init; }
}

/// <summary>Deletes points. Ids that do not exist are no error.</summary>
public sealed record DeleteRequest
{
    public required string Collection { get; init; }

    public string Namespace { get; init; } = "";

    public required PointSelector Selector { get; init; }
}

/// <summary>Changes payloads of points that exist; vectors stay.</summary>
public sealed record PayloadRequest
{
    public required string Collection { get; init; }

    public string Namespace { get; init; } = "";

    public required PointSelector Selector { get; init; }

    public required PayloadChange Change { get; init; }
}

/// <summary>What happens to a payload.</summary>
public abstract record PayloadChange;

/// <summary>Sets the given members and keeps the others; with <paramref name="Key"/>, within the object at that
/// path.</summary>
public sealed record SetPayload(Payload Values, PayloadPath? Key = null) : PayloadChange;

/// <summary>Replaces the whole payload.</summary>
public sealed record OverwritePayload(Payload Values) : PayloadChange;

/// <summary>Removes what the paths reach.</summary>
public sealed record DeletePayloadKeys(IReadOnlyList<PayloadPath> Keys) : PayloadChange;

/// <summary>Removes everything.</summary>
public sealed record ClearPayload : PayloadChange;
