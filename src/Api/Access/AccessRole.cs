namespace VectorCluster.Api;

/// <summary>What a caller may do; each role includes those before it.</summary>
internal enum AccessRole
{
    None,

    /// <summary>Reads points, collections and namespaces.</summary>
    ReadOnly,

    /// <summary>Writes points and payloads, makes and drops payload indexes, and deletes namespaces.</summary>
    Write,

    /// <summary>Makes and deletes collections, and steers the cluster.</summary>
    Admin,
}

/// <summary>The roles as configuration and tokens spell them.</summary>
internal static class RoleNames
{
    public const string All = "read-only, write, admin";

    /// <returns>None: there is no role of that name.</returns>
    public static AccessRole Parse(string? name) => name switch
    {
        "read-only" => AccessRole.ReadOnly,
        "write" => AccessRole.Write,
        "admin" => AccessRole.Admin,
        _ => AccessRole.None,
    };

    public static string Of(AccessRole role) => role switch
    {
        AccessRole.ReadOnly => "read-only",
        AccessRole.Write => "write",
        AccessRole.Admin => "admin",
        _ => "none",
    };
}
