using System.Collections.Frozen;

namespace VectorCluster.Api;

/// <summary>Who sent a request, and what that allows. Names are compared as they are: no patterns, so that no tenant's
/// name can mean more than that tenant.</summary>
internal sealed class Caller
{
    private readonly FrozenSet<string>? _collections;
    private readonly FrozenSet<string>? _namespaces;

    /// <param name="name">For messages and logs, such as "the key 'ingest'".</param>
    /// <param name="collections">Null: all.</param>
    /// <param name="namespaces">Of those collections; null: all.</param>
    public Caller(
        string name, AccessRole role, IEnumerable<string>? collections = null, IEnumerable<string>? namespaces = null)
    {
        (Name, Role) = (name, role);
        _collections = collections?.ToFrozenSet(StringComparer.Ordinal);
        _namespaces = namespaces?.ToFrozenSet(StringComparer.Ordinal);
    }

    /// <summary>A caller of a server that has no keys.</summary>
    public static Caller Anyone { get; } = new("anyone", AccessRole.Admin);

    /// <summary>A caller of an endpoint that is open to all, on a server that has keys.</summary>
    public static Caller Unknown { get; } = new("a caller without a key", AccessRole.None);

    public string Name { get; }

    public AccessRole Role { get; }

    /// <summary>Null: as often as it likes.</summary>
    public RateLimit? Limit { get; init; }

    public bool SeesAll => _collections is null && _namespaces is null;

    public bool SeesAllNamespaces => _namespaces is null;

    public bool MayDoAnything => Role == AccessRole.Admin && SeesAll;

    public bool SeesCollection(string collection) => _collections is null || _collections.Contains(collection);

    public bool SeesNamespace(string name) => _namespaces is null || _namespaces.Contains(name);

    /// <exception cref="AccessDeniedException">It is not allowed.</exception>
    public void Require(RouteAccess access, string collection)
    {
        RequireRole(access.Role);
        switch (access.Reach)
        {
            case AccessReach.Collection:
                RequireCollection(collection);
                break;
            case AccessReach.WholeCollection:
                RequireCollection(collection);
                if (!SeesAllNamespaces) throw Denied($"{Name} is limited to namespaces; this concerns all of them.");
                break;
            case AccessReach.Server or AccessReach.Metrics:
                if (!SeesAll) throw Denied($"{Name} is limited to collections or namespaces; this concerns all.");
                break;
            case AccessReach.Nothing:
            default:
                break;
        }
    }

    /// <exception cref="AccessDeniedException">It is not allowed.</exception>
    public void RequireNamespace(AccessRole role, string collection, string name)
    {
        RequireRole(role);
        RequireCollection(collection);
        if (SeesNamespace(name)) return;
        throw Denied(name.Length == 0
            ? $"{Name} may not use the default namespace; name another one with `shard_key`."
            : $"{Name} may not use the namespace '{name}'.");
    }

    private static AccessDeniedException Denied(string message) => new(ErrorCodes.Forbidden, message);

    private void RequireRole(AccessRole role)
    {
        if (Role >= role) return;
        throw Denied($"{Name} has the role {RoleNames.Of(Role)}; this needs {RoleNames.Of(role)}.");
    }

    private void RequireCollection(string collection)
    {
        if (!SeesCollection(collection)) throw Denied($"{Name} may not use the collection '{collection}'.");
    }
}
