namespace VectorCluster.Storage.Postgres;

/// <summary>How a process serves a database.</summary>
public enum LeaseKind
{
    /// <summary>Nobody else does meanwhile.</summary>
    Alone,

    /// <summary>Others that ask for the same may do so too: the silos of a cluster.</summary>
    Shared,
}
