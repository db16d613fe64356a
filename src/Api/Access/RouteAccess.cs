namespace VectorCluster.Api;

/// <summary>What a caller must be allowed before an endpoint looks at its request.</summary>
/// <param name="Role">The least role; None: anyone, without a key.</param>
internal readonly record struct RouteAccess(AccessRole Role, AccessReach Reach)
{
    /// <summary>Health and what is the same for everyone.</summary>
    public static RouteAccess Open { get; } = new(AccessRole.None, AccessReach.Nothing);

    /// <summary>Any key; the answer shows what it may see.</summary>
    public static RouteAccess AnyKey { get; } = new(AccessRole.ReadOnly, AccessReach.Nothing);

    public static RouteAccess Read { get; } = new(AccessRole.ReadOnly, AccessReach.Collection);

    public static RouteAccess Write { get; } = new(AccessRole.Write, AccessReach.Collection);

    /// <summary>Changes what all namespaces of a collection share.</summary>
    public static RouteAccess WriteSchema { get; } = new(AccessRole.Write, AccessReach.WholeCollection);

    public static RouteAccess Admin { get; } = new(AccessRole.Admin, AccessReach.WholeCollection);

    /// <summary>Shows something of every tenant.</summary>
    public static RouteAccess ReadServer { get; } = new(AccessRole.ReadOnly, AccessReach.Server);

    /// <summary>As <see cref="ReadServer"/>, unless the settings open it to all.</summary>
    public static RouteAccess Metrics { get; } = new(AccessRole.ReadOnly, AccessReach.Metrics);

    public static RouteAccess AdminServer { get; } = new(AccessRole.Admin, AccessReach.Server);
}

/// <summary>How much of the server an endpoint touches.</summary>
internal enum AccessReach
{
    Nothing,

    /// <summary>Namespaces of one collection; which, the request says further in.</summary>
    Collection,

    /// <summary>All namespaces of one collection.</summary>
    WholeCollection,

    /// <summary>All collections.</summary>
    Server,

    /// <summary>Figures of all collections.</summary>
    Metrics,
}
